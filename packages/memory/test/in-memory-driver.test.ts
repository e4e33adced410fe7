import { parseEventId } from '@harborage/core'
import { InMemoryMemoryDriver, REMOVED_POSITION, type MemoryHeader } from '@harborage/memory'
import { expect, test } from 'vitest'

import { identity } from './support/good-arguments.ts'

const owner = { ...identity, runId: '' }
const header: MemoryHeader = {
  strategy: 'truncation',
  nextPosition: 1,
  turns: 0,
  tokens: 0,
  turnIds: [parseEventId('a')],
  health: 'healthy',
  failures: 0,
  foldClaimId: undefined,
  lastAppliedId: undefined,
  lineage: 1,
}

/**
 * A driver that copied all turns would take thousands of times as long, far more than a busy
 * machine explains.
 */
const MOST_TIMES = 20
const FEW = 10
const MANY = 100_000
const SAMPLES = 101

test('appending to many turns takes about as long as appending to a few', async () => {
  const driver = new InMemoryMemoryDriver()
  const few = { ...owner, sessionId: 'few' }
  const many = { ...owner, sessionId: 'many' }
  const append = (to: typeof owner, count: number): Promise<void> => {
    const turns = Array.from({ length: count }, (_, position) => ({
      position,
      tokens: 1,
      text: '',
    }))
    return driver.change(to, {}, () => ({ result: undefined, header, append: turns }))
  }
  await append(few, FEW)
  await append(many, MANY)
  const times = { few: new Array<number>(), many: new Array<number>() }
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    times.few.push(await timeOf(() => append(few, 1)))
    times.many.push(await timeOf(() => append(many, 1)))
  }
  expect(median(times.many) / median(times.few)).toBeLessThan(MOST_TIMES)
})

test('a change without a header changes nothing', async () => {
  const driver = new InMemoryMemoryDriver()
  const turn = { position: 1, tokens: 1, text: 'a' }
  await driver.change(owner, {}, () => ({ result: undefined, summary: 'lost', append: [turn] }))
  expect(await driver.read(owner)).toEqual({ header: undefined, summary: '', turns: [] })
  await driver.change(owner, {}, () => ({ result: undefined, header, append: [turn] }))
  await driver.change(owner, {}, () => ({ result: undefined, removeThrough: 1 }))
  expect(await driver.read(owner)).toEqual({ header, summary: '', turns: [turn] })
})

test('a conversation that was read does not change when turns are removed later', async () => {
  const driver = new InMemoryMemoryDriver()
  const turn = { position: 1, tokens: 1, text: 'a' }
  await driver.change(owner, {}, () => ({ result: undefined, header, append: [turn] }))
  const read = await driver.read(owner)
  await driver.change(owner, {}, () => ({ result: undefined, header, removeThrough: 1 }))
  expect(read.turns).toEqual([turn])
  expect((await driver.read(owner)).turns).toEqual([])
})

test('ids of removed turns stay, and are not in the way of ids that are forgotten', async () => {
  const driver = new InMemoryMemoryDriver()
  const ids = Array.from({ length: 20 }, (_, index) => parseEventId(`id ${index}`))
  const remember = ids.map((turnId, index) => ({
    turnId,
    position: index < 10 ? REMOVED_POSITION : index,
    at: 0,
    lineage: 1,
  }))
  await driver.change(owner, {}, () => ({ result: undefined, header, remember }))
  // As another turn with the id of a removed one would be remembered.
  const again = remember.slice(0, 1).map((id) => ({ ...id, position: 1 }))
  const forget = { lineage: 1, through: 20, before: 1 }
  for (let change = 0; change < 10; change += 1) {
    await driver.change(owner, {}, () => ({ result: undefined, header, remember: again, forget }))
  }
  const held = ids.map((turnId) =>
    driver.change(owner, { turnId }, ({ remembered }) => ({ result: remembered?.position })),
  )
  expect(await Promise.all(held)).toEqual([
    ...Array.from({ length: 10 }, () => REMOVED_POSITION),
    ...Array.from({ length: 10 }, () => undefined),
  ])
})

async function timeOf(call: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await call()
  return performance.now() - start
}

function median(times: readonly number[]): number {
  return times.toSorted((left, right) => left - right)[Math.floor(times.length / 2)] ?? 0
}
