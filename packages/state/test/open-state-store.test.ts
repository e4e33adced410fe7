import { newEventId } from '@harborage/core'
import { registerEngine } from '@harborage/core/kit'
import {
  InMemoryStateDriver,
  openStateStore,
  registeredStateDrivers,
  registerStateDriver,
  StateStore,
  stateContext,
  type StateDriver,
} from '@harborage/state'
import { describe, expect, test } from 'vitest'

import { failureOf } from '@harborage/test-kit/failure-of'
import { goodRecord, identity } from './support/good-arguments.ts'

describe('a store in memory', () => {
  test.each([
    [undefined],
    [{}],
    [{ driver: 'memory' }],
    [{ dsn: 'memory:' }],
    [{ driver: 'memory', dsn: 'memory:' }],
    [{ migrate: 'verify' }],
  ] as const)('is opened by %j', async (config) => {
    await using store = await openStateStore(config)
    expect(store).toBeInstanceOf(StateStore)
    expect(await store.save(goodRecord())).toBe('saved')
  })

  test('shares no data with another store in memory', async () => {
    await using first = await openStateStore()
    await using second = await openStateStore()
    const record = goodRecord()
    await first.save(record)
    expect(await second.load(identity, record.kind)).toBeUndefined()
    expect(await second.save(record)).toBe('saved')
  })

  test.each([
    { driver: 'memory', dsn: 'sqlite:./agent.db' },
    { driver: 'memory', dsn: './hunter2.db' },
    { dsn: 'memory:hunter2' },
    { dsn: 'memory://hunter2' },
  ])('rejects %j, which names a place for data', async (config) => {
    const error = await failureOf(() => openStateStore(config))
    expect(error.code).toBe('invalid_config')
    expect(error.message).toContain('dsn names a place')
    expect(error.message).not.toContain('hunter2')
  })

  test('loses its data when it is closed', async () => {
    const driver = new InMemoryStateDriver()
    const store = new StateStore(driver)
    const record = goodRecord()
    await store.save(record)
    await store.close()
    await using again = new StateStore(driver)
    expect(await again.load(identity, record.kind)).toBeUndefined()
  })
})

test.each([
  [{ driver: 'mongo', dsn: 'x' }, 'the name "mongo"'],
  [{ dsn: 'mongo://ann:hunter2@host/db' }, 'the DSN scheme "mongo:"'],
  [{ dsn: './agent.db' }, 'a DSN without a scheme'],
])(
  'the error for an unknown driver, %j, names it and the registered drivers',
  async (config, wanted) => {
    const error = await failureOf(() => openStateStore(config))
    expect(error.code).toBe('unknown_driver')
    expect(error.message).toContain(wanted)
    expect(error.message).toContain(`(registered: ${registeredStateDrivers().join(', ')})`)
    expect(error.message).not.toContain('hunter2')
  },
)

describe('a registered driver', () => {
  const opened: (string | undefined)[] = []
  let closed = 0

  class OwnDriver extends InMemoryStateDriver {
    override async close(): Promise<void> {
      closed += 1
      await super.close()
    }
  }

  registerStateDriver('own', {
    schemes: ['own', 'mine'],
    async open(dsn): Promise<StateDriver> {
      opened.push(dsn)
      return new OwnDriver()
    },
  })

  test.each([
    [{ driver: 'own' }, undefined],
    [{ driver: 'own', dsn: './place' }, './place'],
    [{ dsn: 'own:./place' }, 'own:./place'],
    [{ dsn: 'mine:./place' }, 'mine:./place'],
  ])('is opened by %j, used and closed once', async (config, dsn) => {
    const before = closed
    const store = await openStateStore(config)
    expect(opened.at(-1)).toBe(dsn)
    const record = goodRecord()
    expect(await store.save(record)).toBe('saved')
    const held = await store.loadOrThrow(identity, record.kind)
    expect(held).toEqual({ ...record, createdAt: record.updatedAt })
    await Promise.all([store.close(), store.close(), store[Symbol.asyncDispose]()])
    expect(closed).toBe(before + 1)
  })

  test('is listed with the other drivers, sorted', () => {
    expect(registeredStateDrivers()).toEqual(['memory', 'own'])
  })

  test.each([
    ['own', [], '"own"'],
    ['memory', [], '"memory"'],
    ['other', ['mine'], '"mine:"'],
    ['other', ['memory'], '"memory:"'],
  ])(
    'keeps its name and its schemes: a second driver %s with %j is rejected',
    async (name, schemes, taken) => {
      const open = async (): Promise<StateDriver> => new OwnDriver()
      const error = await failureOf(() => registerStateDriver(name, { schemes, open }))
      expect(error.code).toBe('invalid_config')
      expect(error.message).toContain(`${taken} is already registered`)
      expect(registeredStateDrivers()).toEqual(['memory', 'own'])
    },
  )

  test('cannot take a name or a scheme of an engine, nor the reverse', async () => {
    const open = async (): Promise<never> => Promise.reject(new Error('opened'))
    for (const [name, schemes] of [
      ['own', []],
      ['other', ['own']],
    ] as const) {
      const error = await failureOf(() => registerEngine(name, { schemes, open }))
      expect(error.code).toBe('invalid_config')
      expect(error.message).toContain('is already registered')
    }
    registerEngine('engine', { schemes: ['engine'], open })
    for (const [name, schemes] of [
      ['engine', []],
      ['other', ['engine']],
    ] as const) {
      const error = await failureOf(() => registerStateDriver(name, { schemes, open }))
      expect(error.code).toBe('invalid_config')
      expect(error.message).toContain('is already registered')
    }
    expect(registeredStateDrivers()).toEqual(['engine', 'memory', 'own'])
  })
})

describe('stateContext', () => {
  test('carries the store to handlers', async () => {
    await using store = await openStateStore()
    const record = { ...goodRecord(), eventId: newEventId() }
    const handler = async (): Promise<unknown> => stateContext.require().save(record)
    expect(await stateContext.run(store, handler)).toBe('saved')
    const held = await store.loadByEventId(identity, record.eventId)
    expect(held).toEqual({ ...record, createdAt: record.updatedAt })
  })

  test('fails without a store, and the error explains how to provide one', async () => {
    expect(stateContext.get()).toBeUndefined()
    const error = await failureOf(() => stateContext.require())
    expect(error.code).toBe('invalid_config')
    expect(error.message).toContain('stateContext.run(value, work)')
  })
})
