import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'

import { measure } from '@harborage/test-kit/measure'
import { randomSource } from '@harborage/test-kit/random-source'
import type { Item } from '@langchain/langgraph-checkpoint'
import { describe, expect, onTestFinished, test } from 'vitest'

import { HarborageStore } from '../../src/store/harborage-store.ts'
import { ann } from '../support/open-store.ts'
import { openFor, sharedPlaces } from '../support/places.ts'
import { roundOf, writersOwner } from './support/batches.ts'

const KILLS = measure({ quick: 3, full: 60 })
const ROUNDS_OF_REPLICAS = measure({ quick: 15, full: 200 })

/** Kills a writer some time after its first round. Resolves to the last round it acknowledged. */
async function killWriter(dsn: string, random: () => number, fault?: 'torn'): Promise<number> {
  const script = join(import.meta.dirname, 'support/killed-writer.ts')
  const writer = spawn(process.execPath, [script, dsn, ...(fault ? [fault] : [])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void writer.kill('SIGKILL'))
  const exited = once(writer, 'exit')
  let acknowledged = 0
  for await (const line of createInterface({ input: writer.stdout })) {
    if (acknowledged === 0) void setTimeout(random() * 60).then(() => writer.kill('SIGKILL'))
    acknowledged = Number(line)
  }
  await exited
  if (writer.signalCode !== 'SIGKILL') throw new Error('the writer ended by itself')
  return acknowledged
}

function roundOfItem(item: Item | null): unknown {
  return item?.value['round']
}

/** Resolves to the rounds that items are of. */
async function roundsIn(store: HarborageStore): Promise<readonly unknown[]> {
  const items = await store.search([], { limit: Infinity })
  return [...new Set<unknown>(items.map(roundOfItem))]
}

describe.each(sharedPlaces)('a batch on $name', ({ makeDsn }) => {
  test('is there as a whole or not at all if its process is killed, and may be repeated', async () => {
    const random = randomSource(1)
    for (let kill = 0; kill < KILLS; kill += 1) {
      const dsn = await makeDsn()
      const acknowledged = await killWriter(dsn, random)
      const store = new HarborageStore({ state: await openFor(dsn), owner: writersOwner })
      const rounds = await roundsIn(store)
      expect([[acknowledged], [acknowledged + 1]]).toContainEqual(rounds)
      await store.batch(roundOf(acknowledged + 1))
      expect(await roundsIn(store)).toEqual([acknowledged + 1])
      expect(await store.search([], { limit: Infinity })).toHaveLength(roundOf(1).length)
    }
  })

  test('that is put item by item is found torn', async () => {
    const random = randomSource(2)
    for (let kill = 0; kill < 20; kill += 1) {
      const dsn = await makeDsn()
      await killWriter(dsn, random, 'torn')
      const store = new HarborageStore({ state: await openFor(dsn), owner: writersOwner })
      if ((await roundsIn(store)).length > 1) return
    }
    expect.unreachable('no round was torn')
  })

  test('of one replica is seen by the other as a whole, whatever that puts meanwhile', async () => {
    const dsn = await makeDsn()
    const open = async () => new HarborageStore({ state: await openFor(dsn), owner: ann })
    const replicas = [await open(), await open()] as const
    await replicas[0].batch(roundOf(0))
    const created = (await replicas[1].search([], { limit: 40 })).map((item) => item.createdAt)

    const torn: unknown[] = []
    const gets = roundOf(0).map(({ namespace, key }) => ({ namespace, key }))
    const work = replicas.map(async (replica, which) => {
      for (let round = 1; round <= ROUNDS_OF_REPLICAS; round += 1) {
        await replica.batch(roundOf(2 * round + which))
        const items = await replica.batch(gets)
        const rounds = new Set<unknown>(items.map(roundOfItem))
        if (rounds.size !== 1) torn.push(rounds)
      }
    })
    await Promise.all(work)

    expect(torn).toEqual([])
    const items = await replicas[0].search([], { limit: 40 })
    expect(items.map((item) => item.createdAt)).toEqual(created)
    expect(await replicas[1].search([], { limit: 40 })).toEqual(items)
  })
})
