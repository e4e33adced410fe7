import type { StoreConfig } from '@harborage/core'
import {
  type ClosableDriver,
  DriverRegistry,
  registerEngine,
  schemeOf,
  defineStore,
  type DefinedStore,
} from '@harborage/core/kit'
import { idleDatabase } from '@harborage/test-kit/idle-database'
import { describe, expect, test } from 'vitest'

import { failureOf } from '@harborage/test-kit/failure-of'

const open = async (): Promise<void> => {}

/** A driver that records how it was opened. */
interface Opened extends ClosableDriver {
  readonly by: string
}

describe('a registry', () => {
  test('finds a driver by its name and by each of its schemes', () => {
    const registry = new DriverRegistry('store')
    const driver = { schemes: ['jsonl', 'NdJson'], open }
    registry.register('lines', driver)
    expect(registry.find('lines')).toBe(driver)
    expect(registry.findByScheme('jsonl')).toBe(driver)
    expect(registry.findByScheme('ndjson')).toBe(driver)
    expect(registry.find('jsonl')).toBeUndefined()
    expect(registry.findByScheme('lines')).toBeUndefined()
  })

  test('accepts a name only once', async () => {
    const registry = new DriverRegistry('store')
    registry.register('lines', { schemes: [], open })
    const error = await failureOf(() => registry.register('lines', { schemes: [], open }))
    expect(error.code).toBe('invalid_config')
    expect(error.message).toContain('"lines" is already registered')
  })

  test('accepts a scheme only once, and does not register a driver with a scheme in use at all', async () => {
    const registry = new DriverRegistry('store')
    registry.register('lines', { schemes: ['jsonl'], open })
    const error = await failureOf(() =>
      registry.register('others', { schemes: ['other', 'jsonl'], open }),
    )
    expect(error.code).toBe('invalid_config')
    expect(error.message).toContain('"jsonl:" is already registered')
    expect(registry.names()).toEqual(['lines'])
    expect(registry.findByScheme('other')).toBeUndefined()
  })

  test('of a store shares its names and schemes with those of engines', async () => {
    const registry = new DriverRegistry('store')
    const rival = new DriverRegistry('engine')
    registry.register('of-a-store', { schemes: ['of-a-store'], open })
    rival.register('of-an-engine', { schemes: ['of-an-engine'], open })
    for (const [each, name, schemes] of [
      [rival, 'of-a-store', []],
      [rival, 'more', ['OF-a-store']],
      [registry, 'of-an-engine', []],
      [registry, 'more', ['Of-An-Engine']],
    ] as const) {
      const error = await failureOf(() => each.register(name, { schemes, open }))
      expect(error.code).toBe('invalid_config')
      expect(error.message).toContain('is already registered')
    }
    expect(rival.find('of-a-store')).toBeUndefined()
  })

  test.each<[what: string, name: unknown, driver: unknown]>([
    ['no name', undefined, { schemes: [], open }],
    ['an empty name', '', { schemes: [], open }],
    ['no driver', 'lines', undefined],
    ['a function in place of a driver', 'lines', open],
    ['no schemes', 'lines', { open }],
    ['one scheme without an array', 'lines', { schemes: 'jsonl', open }],
    ['no way to open it', 'lines', { schemes: [] }],
    ['an open that is no function', 'lines', { schemes: [], open: 5 }],
    ['a scheme that is no text', 'lines', { schemes: [5], open }],
    ['a scheme with its colon', 'lines', { schemes: ['jsonl:'], open }],
    ['a scheme that could be a drive', 'lines', { schemes: ['c'], open }],
    ['a scheme that begins with a digit', 'lines', { schemes: ['9p'], open }],
    ['a scheme with a slash', 'lines', { schemes: ['a/b'], open }],
  ])('rejects %s', async (_, name, driver) => {
    const registry = new DriverRegistry('store')
    const register = (): void => registry.register(name as never, driver as never)
    expect((await failureOf(register)).code).toBe('invalid_config')
    expect(registry.names()).toEqual([])
  })

  test('lists its names sorted', () => {
    const registry = new DriverRegistry('store')
    for (const name of ['b', 'c', 'a']) registry.register(name, { schemes: [], open })
    expect(registry.names()).toEqual(['a', 'b', 'c'])
  })

  test.each(['__proto__', 'constructor', 'toString'])('has no entry named %s', (name) => {
    const registry = new DriverRegistry('store')
    expect(registry.find(name)).toBeUndefined()
    expect(registry.findByScheme(name)).toBeUndefined()
  })
})

describe('a store', () => {
  registerEngine('test-engine', {
    schemes: ['test-engine'],
    open: async (dsn) => idleDatabase(`engine ${dsn}`),
  })

  test.each<[config: StoreConfig, by: string]>([
    [{}, 'memory'],
    [{ driver: 'memory' }, 'memory'],
    [{ dsn: 'lines:./a' }, 'lines lines:./a'],
    [{ dsn: 'LINES:./a' }, 'lines LINES:./a'],
    [{ driver: 'lines', dsn: './a' }, 'lines ./a'],
    [{ dsn: 'test-engine:a' }, 'apply on engine test-engine:a'],
    [{ driver: 'test-engine', dsn: 'a', migrate: 'verify' }, 'verify on engine a'],
    [{ database: idleDatabase('mine') }, 'apply on mine'],
  ])('with %j is opened with its driver', async (config, by) => {
    const { driver, release } = await drivers().open(config)
    expect(driver.by).toBe(by)
    await release()
  })

  test('lists its own drivers and the engines, sorted', () => {
    expect(drivers().names()).toEqual(['lines', 'memory', 'test-engine'])
  })

  test.each<[config: StoreConfig, wanted: string]>([
    [{ driver: 'mongo' }, 'the name "mongo"'],
    [{ dsn: 'mongo://ann:hunter2@host/db' }, 'the DSN scheme "mongo:"'],
    [{ dsn: './hunter2.db' }, 'a DSN without a scheme'],
    [{ driver: 'mongo://ann:hunter2@host/db' }, 'the given name'],
  ])('with %j names the unknown driver and the registered ones', async (config, wanted) => {
    const opening = drivers().open(config)
    await expect(opening).rejects.toMatchObject({ code: 'unknown_driver' })
    await expect(opening).rejects.toThrow(
      `no driver is registered for ${wanted} (registered: lines, memory, test-engine)`,
    )
    await expect(opening).rejects.not.toThrow('hunter2')
  })

  test.each(['./agent.db', 'memory'])('with %j for a DSN is told how to write one', async (dsn) => {
    await expect(drivers().open({ dsn })).rejects.toThrow(
      'write "memory:" or "sqlite:./agent.db", or name the driver',
    )
  })

  test.each<[config: StoreConfig, advice: string]>([
    [{ dsn: 'fs:./a' }, "For an artifact store, import '@harborage/driver-fs' first"],
    [{ driver: 'fs', dsn: './a' }, 'Files keep artifacts only'],
    [{ dsn: 'sqlite:./a.db' }, "Import '@harborage/driver-sqlite' first. If"],
    [{ dsn: 'file:///a.db' }, "Import '@harborage/driver-sqlite' first. If"],
    [{ driver: 'sqlite', dsn: './a.db' }, "Import '@harborage/driver-sqlite' first. If"],
    [{ dsn: 'postgres://host/db' }, "Import '@harborage/driver-postgres' first. If"],
    [{ dsn: 'PostgreSQL://host/db' }, "Import '@harborage/driver-postgres' first. If"],
    [{ dsn: 'mongo://host/db' }, "'@harborage/driver-postgres' or, for artifacts, '@harborage/"],
  ])('with %j names the package to import', async (config, advice) => {
    await expect(drivers().open(config)).rejects.toThrow(advice)
  })

  test('on a driver of another store is told to use another one, not to look for a copy', async () => {
    const others = drivers()
    others.register('others', { schemes: ['others'], open: async () => opened('others') })
    for (const config of [{ dsn: 'others:a' }, { driver: 'others', dsn: 'a' }]) {
      const opening = drivers().open(config)
      await expect(opening).rejects.toThrow('It serves another store only. Use another driver')
      await expect(opening).rejects.not.toThrow('second copy')
    }
  })

  test('whose driver is not found is told to look for a second copy of the package', async () => {
    const opening = drivers().open({ driver: 'mongo' })
    await expect(opening).rejects.toThrow('(registered: lines, memory, test-engine)')
    await expect(opening).rejects.toThrow('npm ls @harborage/core')
  })

  test('on an engine needs a DSN', async () => {
    const opening = drivers().open({ driver: 'test-engine' })
    await expect(opening).rejects.toMatchObject({ code: 'invalid_config' })
    await expect(opening).rejects.toThrow('"test-engine" needs a dsn')
  })

  test('that cannot be opened on its own database closes it', async () => {
    let closed = 0
    registerEngine('closing-engine', {
      schemes: [],
      open: async () => ({ ...idleDatabase('x'), close: async () => void (closed += 1) }),
    })
    const failing = defineStore<Opened>({
      inMemory: () => opened('memory'),
      loadSql: async () => () => Promise.reject(new Error('no tables')),
    })
    const opening = failing.open({ driver: 'closing-engine', dsn: 'x' })
    await expect(opening).rejects.toMatchObject({ cause: new Error('no tables') })
    expect(closed).toBe(1)
  })
})

test.each([
  ['sqlite:./a.db', 'sqlite'],
  ['SQLite:a', 'sqlite'],
  ['postgres://host/db', 'postgres'],
  ['memory:', 'memory'],
  ['a+b-c.d:x', 'a+b-c.d'],
  ['./a.db', undefined],
  ['/srv/a:b', undefined],
  ['C:\\data\\a.db', undefined],
  [':memory:', undefined],
  ['', undefined],
])('the scheme of %j is %s', (dsn, scheme) => {
  expect(schemeOf(dsn)).toBe(scheme)
})

function drivers(): DefinedStore<Opened> {
  const store = defineStore<Opened>({
    inMemory: () => opened('memory'),
    loadSql:
      async () =>
      async ({ engine }, migrate) =>
        opened(`${migrate} on ${engine}`),
  })
  store.register('lines', { schemes: ['lines'], open: async (dsn) => opened(`lines ${dsn}`) })
  return store
}

function opened(by: string): Opened {
  return { by, close: async () => {} }
}
