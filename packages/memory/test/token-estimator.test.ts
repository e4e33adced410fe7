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

describe('the default estimate', () => {
  test.each([
    ['', 1],
    ['abc', 1],
    ['abcd', 2],
    ['éé', 2],
    ['😀', 2],
    ['\ud800', 1],
    ['x'.repeat(400_000), 100_001],
  ])('of %j is %i', (text, tokens) => {
    expect(estimateByBytes(text)).toBe(tokens)
  })
})

describe('an estimator that misbehaves', () => {
  const answers: readonly (readonly [what: string, answer: () => unknown])[] = [
    ['throws', () => fail(new Error(SECRET))],
    ['throws what cannot be read', () => fail(revoked())],
    ['answers nothing', () => undefined],
    ['answers a text', () => '7'],
    ['answers a promise', async () => 7],
    ['answers a promise that rejects', async () => fail(new Error(SECRET))],
    ['answers a negative number', () => -1],
    ['answers a fraction', () => 0.5],
    ['answers NaN', () => Number.NaN],
    ['answers infinity', () => Infinity],
    ['answers a number that no sum keeps exact', () => 2 ** 52],
    ['answers a bigint', () => 7n],
  ]

  test.each(answers)('and %s is named, and changes nothing', async (_, answer) => {
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

  test.each(answers)('and %s about a summary that is there is named', async (_, answer) => {
    const driver = new InMemoryMemoryDriver()
    const good = summarizingStoreOn(driver, () => 1)
    await good.addTurn(identity, goodTurn())
    await good.flush(identity)
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
    'and %s about a new summary keeps the turns as they are',
    async (_, answer) => {
      const store = summarizingStoreOn(new InMemoryMemoryDriver(), badAboutSummaries(answer))
      const turn = goodTurn()
      await store.addTurn(identity, turn)
      await store.flush(identity)
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
