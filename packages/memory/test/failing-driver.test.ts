import { createEventBus, HarborageError, type RunIdentity } from '@harborage/core'
import {
  InMemoryMemoryDriver,
  MemoryStore,
  parseMemoryRules,
  type HeldMemory,
  type MemoryChange,
  type MemoryRules,
  type ReadSet,
} from '@harborage/memory'
import { expect, test } from 'vitest'

import { failureOf } from '@harborage/test-kit/failure-of'
import { goodTurn } from '@harborage/test-kit/hostile/good-turn'
import { identity } from './support/good-arguments.ts'

/** Fails for the given number of changes. */
class FailingDriver extends InMemoryMemoryDriver {
  failures = 0

  override async change<Result>(
    owner: Required<RunIdentity>,
    readSet: ReadSet,
    decide: (held: HeldMemory) => MemoryChange<Result>,
  ): Promise<Result> {
    if (this.failures === 0) return super.change(owner, readSet, decide)
    this.failures -= 1
    throw new HarborageError('store_unavailable', 'the database is down')
  }
}

const NEVER_MS = 1_000_000

function storeOn(driver: FailingDriver, rules: Partial<MemoryRules>): MemoryStore {
  const checked = parseMemoryRules({
    strategy: 'rolling_summary',
    recentTurns: 0,
    bus: createEventBus(),
    summarizer: { summarize: async () => ({ summary: 'so far' }) },
    ...rules,
  })
  return new MemoryStore(driver, { rules: checked })
}

test('compact fails while the database fails, and works again afterwards', async () => {
  const driver = new FailingDriver()
  await using keeping = storeOn(driver, { recentTurns: 10 })
  await keeping.addTurn(identity, goodTurn())
  await using store = storeOn(driver, { degradedRetryMs: NEVER_MS })

  driver.failures = 1
  expect(await failureOf(() => store.compact(identity))).toMatchObject({
    code: 'store_unavailable',
  })
  expect((await store.getLlmContext(identity)).recentTurns).toHaveLength(1)
  await store.compact(identity)
  expect((await store.getLlmContext(identity)).summary).toBe('so far')
})

test('a fold whose end failed in the database does not block its own retry', async () => {
  const driver = new FailingDriver()
  let asked = 0
  await using store = storeOn(driver, {
    degradedRetryMs: NEVER_MS,
    summarizerTimeoutMs: NEVER_MS,
    summarizer: {
      async summarize() {
        asked += 1
        if (asked === 1) driver.failures = 3
        return { summary: 'so far' }
      },
    },
  })
  await store.addTurn(identity, goodTurn())
  for (let failure = 1; failure <= 3; failure += 1) await failureOf(() => store.compact(identity))
  await store.compact(identity)
  expect(asked).toBe(2)
  expect((await store.getLlmContext(identity)).summary).toBe('so far')
})
