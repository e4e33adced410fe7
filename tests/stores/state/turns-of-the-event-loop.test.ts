import { join } from 'node:path'
import { newEventId } from '@harborage/core'
import '@harborage/driver-sqlite'
import { openStateStore, type StateStore } from '@harborage/state'
import { describe, expect, onTestFinished, test } from 'vitest'
import { measure } from '@harborage/test-kit/measure'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'

/** Far more than 10 ms of work. */
const LOADS = measure({ quick: 5_000, full: 20_000 })
const RECORDS = 500
/** Far more than 10 ms of work, and an end where no signal comes through. */
const MOST_WALKS = 200
const MOST_LOADS = 200_000

const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
const maintenance = { maintenanceScoped: true } as const

const sqlite: readonly [string, () => Promise<string>][] = [
  ['a file of SQLite', async () => `sqlite:${join(await temporaryFolder(), 'a.db')}`],
  ['SQLite without a file', async () => 'sqlite::memory:'],
]
const all = [...sqlite, ['memory', async () => ''] as const]

describe.each(sqlite)('reads of %s', (_, dsn) => {
  test('loads one after the other let the event loop turn', async () => {
    const state = await filledStore(await dsn())
    const turned = countTurns()
    for (let load = 0; load < LOADS; load += 1) await state.load(identity, kindOf(load))
    expect(turned()).toBeGreaterThan(0)
  })

  test('loads at once let the event loop turn, and are answered in their order', async () => {
    const state = await filledStore(await dsn())
    const turned = countTurns()
    const answered: number[] = []
    const called = Array.from({ length: LOADS }, (_empty, load) => load)
    await Promise.all(
      called.map(async (load) => {
        const record = await state.load(identity, kindOf(load))
        expect(record?.kind).toBe(kindOf(load))
        answered.push(load)
      }),
    )
    expect(answered).toEqual(called)
    expect(turned()).toBeGreaterThan(0)
  })

  test('a close waits for loads that wait for a turn', async () => {
    const state = await filledStore(await dsn())
    const loads = Array.from({ length: LOADS }, (_empty, load) =>
      state.load(identity, kindOf(load)),
    )
    const closed = state.close()
    const loaded = await Promise.all(loads)
    expect(loaded.every((record) => record !== undefined)).toBe(true)
    await closed
  })

  test('a timer aborts loads that go on and on', async () => {
    const state = await filledStore(await dsn())
    const { signal, reason } = abortedByTimer()
    const loading = async (): Promise<void> => {
      for (let load = 0; load < MOST_LOADS; load += 1) {
        await state.load(identity, kindOf(load), { signal })
      }
    }
    await expect(loading()).rejects.toBe(reason)
  })
})

describe.each(all)('walks of %s', (_, dsn) => {
  test.each(['list', 'listKind'] as const)('a timer aborts a %s', async (method) => {
    const state = await filledStore(await dsn())
    const { signal, reason } = abortedByTimer()
    const options = { signal, pageSize: 10 }
    const walking = async (): Promise<void> => {
      for (let walk = 0; walk < MOST_WALKS; walk += 1) {
        const records =
          method === 'list'
            ? state.list(identity, 'k', options)
            : state.listKind(maintenance, 'k', options)
        for await (const record of records) expect(record.bytes.byteLength).toBe(1_000)
      }
    }
    await expect(walking()).rejects.toBe(reason)
  })
})

async function filledStore(dsn: string): Promise<StateStore> {
  const state = await openStateStore(dsn === '' ? {} : { dsn })
  onTestFinished(() => state.close())
  const save = Array.from({ length: RECORDS }, (_, index) => ({
    eventId: newEventId(),
    identity,
    kind: kindOf(index),
    bytes: new Uint8Array(1_000),
  }))
  await state.commit({ save })
  return state
}

function kindOf(index: number): string {
  return `k${index % RECORDS}`
}

/** Counts the turns of the event loop until it is asked. */
function countTurns(): () => number {
  let turns = -1
  let next: NodeJS.Immediate
  const turn = (): void => {
    turns += 1
    next = setImmediate(turn)
  }
  turn()
  return () => {
    clearImmediate(next)
    return turns
  }
}

function abortedByTimer(): { readonly signal: AbortSignal; readonly reason: Error } {
  const controller = new AbortController()
  const reason = new Error('the user left')
  setTimeout(() => controller.abort(reason), 1)
  return { signal: controller.signal, reason }
}
