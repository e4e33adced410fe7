import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises'

import '@harborage/driver-sqlite'
import { newEventId } from '@harborage/core'
import { openStateStore, type NewStateRecord } from '@harborage/state'
import { expect, test } from 'vitest'

import { temporaryFolder } from '@harborage/test-kit/temporary-folder'

const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }

/** More saves than are made before other work runs, unless the saves block it. */
const ENDLESS = 1_000_000

test('calls that are not awaited in between are applied in their order', async () => {
  await using state = await openStateStore({ dsn: `sqlite:${await databasePath()}` })
  const last = record('k.kept')
  await Promise.all([
    ...Array.from({ length: 300 }, () => state.save(record('k.kept'))),
    state.commit({ delete: [{ identity, kind: 'k.kept' }], save: [record('k.beside')] }),
    state.delete(identity, 'k.kept'),
    state.save(last, { ifEventId: null }),
    state.save(record('k.gone')),
    state.delete(identity, 'k.gone'),
  ])
  expect((await state.load(identity, 'k.kept'))?.eventId).toBe(last.eventId)
  expect(await state.load(identity, 'k.gone')).toBeUndefined()
})

test.each([1, 32])(
  'timers, files and other work go on while %i callers save without a pause',
  async (callers) => {
    await using state = await openStateStore({ dsn: `sqlite:${await databasePath()}` })
    let rounds = 0
    let isSaving = true
    const saving = Promise.all(
      Array.from({ length: callers }, async (_, caller) => {
        for (let round = 0; isSaving && round < ENDLESS; round += 1) {
          await state.save(record(`k.${caller}`))
          if (caller === 0) rounds += 1
        }
      }),
    )
    let turns = 0
    const turning = (async () => {
      for (; isSaving; turns += 1) await nextTurn()
    })()
    for (let work = 0; work < 10; work += 1) {
      await delay(1)
      await readFile(import.meta.filename)
    }
    expect(rounds).toBeGreaterThan(0)
    expect(rounds).toBeLessThan(ENDLESS)
    // One turn of the event loop at least between two commits.
    expect(turns).toBeGreaterThanOrEqual(rounds - 1)
    isSaving = false
    await Promise.all([saving, turning])
  },
)

test('a lone call is applied in the turn of the event loop in which it is made', async () => {
  await using state = await openStateStore({ dsn: `sqlite:${await databasePath()}` })
  await afterOpening()
  await nextTurn()
  const order: string[] = []
  const turning = nextTurn().then(() => order.push('the next turn'))
  await state.save(record('k.one')).then(() => order.push('the save'))
  await turning
  expect(order).toEqual(['the save', 'the next turn'])
})

test('a call that follows at once has its commit in the next turn, after timers were served', async () => {
  await using state = await openStateStore({ dsn: `sqlite:${await databasePath()}` })
  await afterOpening()
  await delay(1)
  const order: string[] = []
  const turning = nextTurn()
    .then(() => order.push('the end of this turn'))
    .then(() => nextTurn())
    .then(() => order.push('the end of the next turn'))
  await state.save(record('k.one')).then(() => order.push('a save'))
  await state.save(record('k.two')).then(() => order.push('another save'))
  await turning
  const turns = ['the end of this turn', 'the end of the next turn']
  expect(order).toEqual(['a save', ...turns, 'another save'])
})

test('closing lets every call that waits finish', async () => {
  const dsn = `sqlite:${await databasePath()}`
  const state = await openStateStore({ dsn })
  const kinds = Array.from({ length: 600 }, (_, index) => `k.${index + 1_000}`)
  const saving = Promise.all(kinds.map((kind) => state.save(record(kind))))
  await state.close()
  expect(new Set(await saving)).toEqual(new Set(['saved']))
  await using again = await openStateStore({ dsn })
  const found: string[] = []
  for await (const { kind } of again.list(identity, 'k.')) found.push(kind)
  expect(found).toEqual(kinds)
})

/** Waits for the turns that follow the last commit of an opening. */
async function afterOpening(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await nextTurn()
}

async function databasePath(): Promise<string> {
  return join(await temporaryFolder(), 'a.db')
}

function record(kind: string): NewStateRecord {
  return { eventId: newEventId(), identity, kind, bytes: new TextEncoder().encode(kind) }
}
