import { createEventBus, type EventBus } from '@harborage/core'
import {
  InMemoryMemoryDriver,
  memoryContext,
  MemoryStore,
  openMemoryStore,
  registeredMemoryDrivers,
  registerMemoryDriver,
  type MemoryDriver,
  type MemoryStoreConfig,
} from '@harborage/memory'
import { describe, expect, test } from 'vitest'

import { failureOf } from '@harborage/test-kit/failure-of'
import { goodTurn } from '@harborage/test-kit/hostile/good-turn'
import { identity } from './support/good-arguments.ts'
import { hostileValues, SECRET } from '@harborage/test-kit/hostile/hostile-values'

const bus: EventBus = createEventBus()
const summarizer = { summarize: async () => ({ summary: '' }) }

describe('a store in memory', () => {
  test.each([
    {},
    { driver: 'memory' },
    { dsn: 'memory:' },
    { driver: 'memory', dsn: 'memory:' },
    { migrate: 'verify' },
  ] as const)('is opened by a bus and %j', async (config) => {
    await using store = await openMemoryStore({ bus, strategy: 'truncation', ...config })
    expect(store).toBeInstanceOf(MemoryStore)
    await store.addTurn(identity, goodTurn())
    expect((await store.getLlmContext(identity)).recentTurns).toHaveLength(1)
  })

  test('shares no data with another store in memory', async () => {
    await using first = await openMemoryStore({ bus, strategy: 'truncation' })
    await using second = await openMemoryStore({ bus, strategy: 'truncation' })
    await first.addTurn(identity, goodTurn())
    expect((await second.getLlmContext(identity)).recentTurns).toEqual([])
  })

  test.each([
    { driver: 'memory', dsn: 'sqlite:./hunter2.db' },
    { driver: 'memory', dsn: './hunter2.db' },
    { dsn: 'memory:hunter2' },
    { dsn: 'memory://hunter2' },
  ])('rejects %j, which names a place for data', async (config) => {
    const error = await failureOf(() => openMemoryStore({ bus, strategy: 'truncation', ...config }))
    expect(error.code).toBe('invalid_config')
    expect(error.message).toContain('dsn names a place')
    expect(error.message).not.toContain('hunter2')
  })
})

describe('a configuration', () => {
  test.each<[string, object]>([
    ['bus', { bus: undefined }],
    ['bus', { bus: null }],
    ['bus', { bus: {} }],
    ['bus', { bus: { publish: 'loudly' } }],
    ['strategy', { strategy: 7 }],
    ['strategy', { strategy: null }],
    ['budgetTokens', { budgetTokens: -1 }],
    ['budgetTokens', { budgetTokens: 0.5 }],
    ['budgetTokens', { budgetTokens: '100' }],
    ['budgetTokens', { budgetTokens: 2 ** 53 }],
    ['recentTurns', { recentTurns: -1 }],
    ['recentTurns', { recentTurns: 10_001 }],
    ['summarizer', { strategy: 'rolling_summary' }],
    ['summarizer', { summarizer: {} }],
    ['summarizer', { summarizer: summarizer.summarize }],
    ['tokenEstimator', { tokenEstimator: 4 }],
    ['retryAttempts', { retryAttempts: -1 }],
    ['retryAttempts', { retryAttempts: 31 }],
    ['retryBackoffMs', { retryBackoffMs: -1 }],
    ['retryBackoffMs', { retryBackoffMs: 2 ** 31 }],
    ['degradedRetryMs', { degradedRetryMs: 0 }],
    ['degradedRetryMs', { degradedRetryMs: 2 ** 31 }],
    ['recoveryBacklogMax', { recoveryBacklogMax: 0 }],
    ['recoveryBacklogMax', { recoveryBacklogMax: 1.5 }],
    ['summarizerTimeoutMs', { summarizerTimeoutMs: 0 }],
    ['summarizerTimeoutMs', { summarizerTimeoutMs: 2 ** 31 }],
    ['closeGraceMs', { closeGraceMs: -1 }],
    ['migrate', { migrate: 'maybe' }],
    ['budget', { budget: 100 }],
  ])('with a malformed %s is rejected, and the error names it: %j', async (field, wrong) => {
    const error = await failureOf(() => openMemoryStore({ bus, ...wrong }))
    expect(error.code).toBe('invalid_config')
    expect(error.message).toContain(field)
  })

  test.each(['', 'rolling', 'ROLLING_SUMMARY', 'None', SECRET])(
    'with the unknown strategy "%s" is rejected as not implemented',
    async (strategy) => {
      const error = await failureOf(() => openMemoryStore(anything({ bus, strategy })))
      expect(error.code).toBe('strategy_not_implemented')
      expect(error.message).not.toContain(SECRET)
      expect(error.message).toContain('rolling_summary')
    },
  )

  test.each(Object.entries(hostileValues))('that is %s is rejected', async (_, config) => {
    const error = await failureOf(() => openMemoryStore(anything(config)))
    expect(error.code).toBe('invalid_config')
    expect(`${error.message} ${error.stack}`).not.toContain(SECRET)
  })

  test('with a getter that throws is rejected without its error', async () => {
    const config = Object.defineProperty({ bus }, 'dsn', {
      enumerable: true,
      get(): never {
        throw new Error(SECRET)
      },
    })
    const error = await failureOf(() => openMemoryStore(config))
    expect(error.code).toBe('invalid_config')
    expect(error.message).not.toContain(SECRET)
  })

  test('with an unknown driver is rejected, and the error names the registered drivers', async () => {
    const error = await failureOf(() => openMemoryStore({ bus, driver: 'mongo', dsn: 'x' }))
    expect(error.code).toBe('unknown_driver')
    expect(error.message).toContain(registeredMemoryDrivers().join(', '))
  })

  test('is rejected before anything is opened', async () => {
    const error = await failureOf(() =>
      openMemoryStore({ bus, budgetTokens: -1, driver: 'mongo', dsn: 'x' }),
    )
    expect(error.code).toBe('invalid_config')
  })
})

describe('a registered driver', () => {
  const opened: (string | undefined)[] = []
  let closed = 0

  class OwnDriver extends InMemoryMemoryDriver {
    override async close(): Promise<void> {
      closed += 1
      await super.close()
    }
  }

  registerMemoryDriver('own', {
    schemes: ['own'],
    async open(dsn): Promise<MemoryDriver> {
      opened.push(dsn)
      return new OwnDriver()
    },
  })

  test.each([
    [{ driver: 'own' }, undefined],
    [{ driver: 'own', dsn: './place' }, './place'],
    [{ dsn: 'own:./place' }, 'own:./place'],
  ])('is opened by %j, used and closed once', async (config, dsn) => {
    const before = closed
    const store = await openMemoryStore({ bus, strategy: 'truncation', ...config })
    expect(opened.at(-1)).toBe(dsn)
    const turn = goodTurn()
    await store.addTurn(identity, turn)
    expect((await store.getLlmContext(identity)).recentTurns).toEqual([turn])
    await Promise.all([store.close(), store.close(), store[Symbol.asyncDispose]()])
    expect(closed).toBe(before + 1)
  })

  test('is listed with the other drivers, sorted', () => {
    expect(registeredMemoryDrivers()).toEqual(['memory', 'own'])
  })

  test.each([
    ['own', []],
    ['memory', []],
    ['other', ['own']],
    ['other', ['memory']],
  ])(
    'keeps its name and its schemes: a second driver %s with %j is rejected',
    async (name, schemes) => {
      const open = async (): Promise<MemoryDriver> => new OwnDriver()
      const error = await failureOf(() => registerMemoryDriver(name, { schemes, open }))
      expect(error.code).toBe('invalid_config')
    },
  )
})

describe('memoryContext', () => {
  test('carries the store through asynchronous calls, and only there', async () => {
    await using store = await openMemoryStore({ bus })
    expect(memoryContext.get()).toBeUndefined()
    await memoryContext.run(store, async () => {
      await Promise.resolve()
      expect(memoryContext.require()).toBe(store)
    })
    const error = await failureOf(() => memoryContext.require())
    expect(error.code).toBe('invalid_config')
    expect(error.message).toContain('memoryContext.run')
  })
})

/** Types any value as a configuration, which code without types could pass. */
function anything(config: unknown): MemoryStoreConfig {
  return config as MemoryStoreConfig
}
