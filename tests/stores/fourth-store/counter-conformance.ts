import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { isHarborageError, type ErrorCode, type RunIdentity } from '@harborage/core'
import { MAX_AMOUNT, type CounterStore } from './counter-store.ts'

/** What a test runner has to offer. */
export interface TestRunner {
  readonly describe: (name: string, body: () => void) => void
  readonly it: (name: string, body: () => Promise<void>) => void
}

/** Checks a driver of counters. The suite of a store needs no more than the store's own entry. */
export function counterConformance(
  { describe, it }: TestRunner,
  open: () => Promise<CounterStore>,
): void {
  const withStore =
    (body: (store: CounterStore, identity: RunIdentity) => Promise<void>) =>
    async (): Promise<void> => {
      await using store = await open()
      await body(store, {
        tenantId: `tenant-${randomUUID()}`,
        userId: 'ann',
        sessionId: 's1',
        runId: 'r1',
      })
    }

  describe('counters', () => {
    it(
      'C1 a call without a part of the identity is refused',
      withStore(async (store, identity) => {
        for (const part of ['tenantId', 'userId', 'sessionId'] as const) {
          const incomplete = { ...identity, [part]: '' }
          await assertFails('identity_required', () => store.add(incomplete, 'tokens', 1))
          await assertFails('identity_required', () => store.read(incomplete, 'tokens'))
        }
      }),
    )

    it(
      'C2 each name of each run counts by itself',
      withStore(async (store, identity) => {
        await store.add(identity, 'tokens', 2)
        await store.add(identity, 'calls', 1)
        await store.add({ ...identity, runId: 'r2' }, 'tokens', 5)
        assert.equal(await store.add(identity, 'tokens', 3), 5)
        assert.equal(await store.read(identity, 'tokens'), 5)
        assert.equal(await store.read(identity, 'calls'), 1)
        const { runId: _, ...session } = identity
        assert.equal(await store.read(session, 'tokens'), undefined)
      }),
    )

    it(
      'C3 what is added at the same time all counts, once',
      withStore(async (store, identity) => {
        const answers = await Promise.all(
          Array.from({ length: 32 }, () => store.add(identity, 'tokens', 1)),
        )
        const sorted = answers.toSorted((left, right) => left - right)
        assert.deepEqual(
          sorted,
          sorted.map((_, index) => index + 1),
        )
        assert.equal(await store.read(identity, 'tokens'), 32)
      }),
    )

    it(
      'C4 an amount that cannot be added exactly is refused, and nothing is added',
      withStore(async (store, identity) => {
        for (const amount of [0.5, MAX_AMOUNT + 1, Number.NaN]) {
          await assertFails('counter_overflow', () => store.add(identity, 'tokens', amount))
        }
        assert.equal(await store.read(identity, 'tokens'), undefined)
      }),
    )

    it(
      'C5 a closed store refuses each call',
      withStore(async (store, identity) => {
        await store.close()
        await assertFails('store_closed', () => store.add(identity, 'tokens', 1))
        await assertFails('store_closed', () => store.read(identity, 'tokens'))
      }),
    )
  })
}

async function assertFails(code: ErrorCode, call: () => Promise<unknown>): Promise<void> {
  await assert.rejects(call, (error) => isHarborageError(error, code))
}
