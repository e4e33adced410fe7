import type { HarborageError } from '@harborage/core'
import { parseConfig, parseStoreConfig, storeConfigOf } from '@harborage/core/kit'
import { expect, test } from 'vitest'
import { z } from 'zod'

import { failureOf } from '@harborage/test-kit/failure-of'
import { idleDatabase } from '@harborage/test-kit/idle-database'

const database = idleDatabase('sqlite')
const secret = 'postgres://ann:hunter2@host/db'

test.each([
  [{}],
  [{ dsn: 'sqlite:./a.db' }],
  [{ driver: 'sqlite', dsn: './a.db' }],
  [{ database }],
  [{ database, migrate: 'verify' }],
  [{ dsn: 'sqlite:./a.db', migrate: 'apply' }],
] as const)('%j is a configuration', (config) => {
  expect(parseStoreConfig(config)).toEqual(config)
})

test('the database is passed on as it is', () => {
  expect(parseStoreConfig({ database }).database).toBe(database)
})

test.each<[what: string, config: unknown, named: string]>([
  ['a text', secret, 'expected object'],
  ['null', null, 'expected object'],
  ['an array', [secret], 'expected object'],
  ['a dsn that is undefined, as an unset variable is', { dsn: undefined }, 'dsn: '],
  ['a dsn that is empty', { dsn: '' }, 'dsn: '],
  ['a dsn that is a URL object', { dsn: new URL(secret) }, 'dsn: '],
  ['a dsn in an array', { dsn: [secret] }, 'dsn: '],
  ['a driver that is undefined', { driver: undefined }, 'driver: '],
  ['a driver that is empty', { driver: '' }, 'driver: '],
  ['a driver that is an object', { driver: { name: secret } }, 'driver: '],
  ['a database that is undefined', { database: undefined }, 'database: '],
  ['a database that is a DSN', { database: secret }, 'database: '],
  ['a database that was not awaited', { database: Promise.resolve(database) }, 'await'],
  ['a database that is null', { database: null }, 'database: '],
  ['a database that is any object', { database: { pool: secret } }, 'database: '],
  ['a migrate mode that does not exist', { migrate: secret }, 'migrate: '],
  ['a migrate mode that is a boolean', { migrate: true }, 'migrate: '],
  ['an unknown option', { connectionString: secret }, '"connectionString"'],
  ['a database together with a dsn', { database, dsn: secret }, 'not both'],
  ['a database together with a driver', { database, driver: secret }, 'not both'],
])('%s is rejected, naming the field and never the value', async (_, config, named) => {
  const error = await failure(config)
  expect(error.message).toContain(named)
  expect(`${error.message} ${error.stack} ${JSON.stringify(error)}`).not.toContain('hunter2')
})

test('each wrong field is named', async () => {
  const { message } = await failure({ dsn: 7, driver: 7, migrate: 'later', more: 7 })
  for (const field of ['dsn', 'driver', 'migrate', 'more']) expect(message).toContain(field)
})

test.each([
  [{ dns: 7 }, 'unknown option "dns" instead of "dsn": it takes driver, dsn, database, migrate'],
  [{ Dsn: 7, url: 7 }, 'unknown options "Dsn" instead of "dsn", "url": it takes driver, '],
  [Buffer.from('abcdefg'), 'unknown options "0", "1", "2", "3", "4", 97 more: it takes driver, '],
  [{ [secret]: 7 }, 'unknown option another name: it takes driver, '],
])(
  'the known options are listed for %j, and the most similar is suggested',
  async (config, told) => {
    const { message } = await failure(config)
    expect(message).toContain(told)
    expect(message).not.toContain('hunter2')
  },
)

test('an option of an engine is suggested and listed like one of a store', async () => {
  const schema = z.strictObject({ poolSize: z.int().exactOptional(), max: z.int().exactOptional() })
  const { message } = await failureOf(() => parseConfig(schema, { poolSise: 7 }))
  expect(message).toContain('"poolSise" instead of "poolSize": it takes poolSize, max')
  const changed = schema.transform((options) => options)
  const { message: same } = await failureOf(() => parseConfig(changed, { poolSise: 7 }))
  expect(same).toBe(message)
})

test('options of only one store are removed, and suggested along with the common ones', async () => {
  expect(storeConfigOf({ dsn: 'memory:', maxBytes: 7 } as object, ['maxBytes'])).toEqual({
    dsn: 'memory:',
  })
  const { message } = await failureOf(() => storeConfigOf({ maxBites: 7 } as object, ['maxBytes']))
  expect(message).toContain('"maxBites" instead of "maxBytes": it takes driver, ')
  expect(message).toContain('migrate, maxBytes')
})

test.each([
  ['a proxy that throws', new Proxy({}, { ownKeys: () => fail(secret), get: () => fail(secret) })],
  [
    'a getter that throws',
    {
      get dsn(): string {
        return fail(secret)
      },
    },
  ],
])('%s is rejected', async (_, config) => {
  expect((await failure(config)).message).not.toContain('hunter2')
})

test('nothing is inherited from a polluted configuration', async () => {
  const config: unknown = JSON.parse(`{ "__proto__": { "dsn": "${secret}" } }`)
  expect((await failure(config)).message).toContain('__proto__')
})

function failure(value: unknown): Promise<HarborageError> {
  return failureOf(() => Reflect.apply(parseStoreConfig, undefined, [value]))
}

function fail(message: string): never {
  throw new Error(message)
}
