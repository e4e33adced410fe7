import { isHarborageError, type RunIdentity } from '@harborage/core'
import type { MemorySnapshot, MemoryStore } from '@harborage/memory'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { openDrivers, type DriverName, type OpenedDrivers } from './support/opened-drivers.ts'
import { freshSession, keepingRules, sayAll } from './support/sample-conversation.ts'
import { mutatedBytes, mutatedContent } from './support/snapshot-mutations.ts'
import { measure } from '@harborage/test-kit/measure'

const runsOn: Readonly<Record<DriverName, number>> = {
  'in-memory': measure({ quick: 200, full: 3_000 }),
  'SQLite file': measure({ quick: 15, full: 100 }),
  'SQLite :memory:': measure({ quick: 15, full: 100 }),
  Postgres: measure({ quick: 10, full: 60 }),
}

const mutations = { bytes: mutatedBytes, content: mutatedContent } as const

let drivers: OpenedDrivers
beforeAll(async () => {
  drivers = await openDrivers()
})
afterAll(() => drivers.close())

describe.each(['truncation', 'rolling_summary'] as const)('under %s', (strategy) => {
  describe.each(['bytes', 'content'] as const)('a snapshot whose %s were changed', (what) => {
    it.each(['in-memory', 'SQLite file', 'SQLite :memory:', 'Postgres'] as const)(
      'is rejected and changes nothing, or is restored unchanged, on %s',
      async (name) => {
        await using store = await drivers.byName[name](keepingRules(strategy))
        const [source, session] = [freshSession(), freshSession()]
        await sayAll(store, source)
        const good = await store.snapshot(source)
        await sayAll(store, session)
        await fc.assert(
          fc.asyncProperty(mutations[what](good.bytes), (bytes) =>
            checkRestore(store, session, { strategy, bytes }, good),
          ),
          { numRuns: runsOn[name] },
        )
      },
    )
  })
})

/** Restores a possibly damaged snapshot, checks the result, and restores the valid one. */
async function checkRestore(
  store: MemoryStore,
  session: RunIdentity,
  snapshot: MemorySnapshot,
  good: MemorySnapshot,
): Promise<void> {
  const failure: unknown = await store.restore(session, snapshot).then(
    () => undefined,
    (error: unknown) => error,
  )
  if (failure !== undefined) {
    expect(isHarborageError(failure, 'invalid_snapshot')).toBe(true)
    expect(await store.snapshot(session)).toEqual(good)
    return
  }
  await store.compact(session)
  const restored = await store.snapshot(session)
  // An accepted snapshot is a conversation like any other: it can be read, moved and continued.
  await store.getLlmContext(session)
  const other = freshSession()
  await store.restore(other, restored)
  await store.compact(other)
  expect(await store.snapshot(other)).toEqual(restored)
  await store.restore(session, good)
}
