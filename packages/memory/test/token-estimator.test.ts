import { createEventBus } from '@harborage/core'
import {
  estimateByBytes,
  InMemoryMemoryDriver,
  MemoryStore,
  parseMemoryRules,
  type TokenEstimator,
} from '@harborage/memory'
import { describe, expect, test } from 'vitest'

import { failureOf } from '@harborage/test-kit/failure-of'
import { goodTurn } from '@harborage/test-kit/hostile/good-turn'
import { identity } from './support/good-arguments.ts'
import { SECRET } from '@harborage/test-kit/hostile/hostile-values'

describe('estimateByBytes', () => {
  test.each([
    ['', 1],
    ['abc', 1],
    ['abcd', 2],
    ['éé', 2],
    ['😀', 2],
    ['\ud800', 1],
    ['x'.repeat(400_000), 100_001],
  ])('of %j returns %i', (text, tokens) => {
    expect(estimateByBytes(text)).toBe(tokens)
  })
})

describe('a faulty estimator', () => {
  const answers: readonly (readonly [what: string, answer: () => unknown])[] = [
    ['throws', () => fail(new Error(SECRET))],
    ['throws a value that cannot be read', () => fail(revoked())],
    ['returns undefined', () => undefined],
    ['returns a string', () => '7'],
    ['returns a promise', async () => 7],
    ['returns a promise that rejects', async () => fail(new Error(SECRET))],
    ['returns a negative number', () => -1],
    ['returns a fraction', () => 0.5],
    ['returns NaN', () => Number.NaN],
    ['returns infinity', () => Infinity],
    ['returns a number whose sums are not exact', () => 2 ** 52],
    ['returns a bigint', () => 7n],
  ]

  test.each(answers)('that %s is reported, and changes nothing', async (_, answer) => {
    const driver = new InMemoryMemoryDriver()
    const good = storeOn(driver, estimateByBytes)
    await good.addTurn(identity, goodTurn())
    const before = await good.snapshot(identity)

    const store = storeOn(driver, answer as TokenEstimator)
    for (const call of [
      () => store.addTurn(identity, goodTurn()),
      () => store.restore(identity, before),
    ]) {
      const error = await failureOf(call)
      expect(error.code).toBe('invalid_config')
      expect(error.message).toContain('tokenEstimator')
      expect(error.message).not.toContain(SECRET)
    }
    expect(await good.snapshot(identity)).toEqual(before)
  })

  test.each(answers)('that %s for a stored summary is reported', async (_, answer) => {
    const driver = new InMemoryMemoryDriver()
    const good = summarizingStoreOn(driver, () => 1)
    await good.addTurn(identity, goodTurn())
    await good.compact(identity)
    const snapshot = await good.snapshot(identity)

    const store = summarizingStoreOn(driver, badAboutSummaries(answer))
    for (const call of [
      () => store.getLlmContext(identity),
      () => store.estimateTokens(identity),
      () => store.restore(identity, snapshot),
    ]) {
      const error = await failureOf(call)
      expect(error.code).toBe('invalid_config')
      expect(error.message).not.toContain(SECRET)
    }
    expect(await good.snapshot(identity)).toEqual(snapshot)
  })

  test.each(answers)(
    'that %s for a new summary leaves the turns as they are',
    async (_, answer) => {
      const store = summarizingStoreOn(new InMemoryMemoryDriver(), badAboutSummaries(answer))
      const turn = goodTurn()
      await store.addTurn(identity, turn)
      await store.compact(identity)
      expect(await store.health(identity)).toBe('degraded')
      const { summary, recentTurns } = await store.getLlmContext(identity)
      expect(summary).toBe('')
      expect(recentTurns).toEqual([turn])
      await store.close()
    },
  )
})

function storeOn(driver: InMemoryMemoryDriver, tokenEstimator: TokenEstimator): MemoryStore {
  const bus = createEventBus()
  return new MemoryStore(driver, {
    rules: parseMemoryRules({ strategy: 'truncation', bus, tokenEstimator }),
  })
}

function summarizingStoreOn(
  driver: InMemoryMemoryDriver,
  tokenEstimator: TokenEstimator,
): MemoryStore {
  const rules = parseMemoryRules({
    strategy: 'rolling_summary',
    recentTurns: 0,
    retryAttempts: 0,
    bus: createEventBus(),
    summarizer: { summarize: async () => ({ summary: 'the summary' }) },
    tokenEstimator,
  })
  return new MemoryStore(driver, { rules })
}

function badAboutSummaries(answer: () => unknown): TokenEstimator {
  return (text) => (text === 'the summary' ? (answer() as number) : 1)
}

function fail(thrown: Error): never {
  throw thrown
}

function revoked(): Error {
  const { proxy, revoke } = Proxy.revocable(new Error(SECRET), {})
  revoke()
  return proxy
}
