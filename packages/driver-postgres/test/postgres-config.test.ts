import { inspect } from 'node:util'
import { isHarborageError } from '@harborage/core'
import { diagnose, openPostgres, type PostgresConfig } from '@harborage/driver-postgres'
import { Pool } from 'pg'
import { describe, expect, test } from 'vitest'

const PASSWORD = 'Tr0ub4dor'
// Nothing listens there, so that connecting fails with another error.
const dsn = `postgres://app:${PASSWORD}@127.0.0.1:1/app`

/** A configuration as untyped code could write it. */
function untyped(config: object): PostgresConfig {
  return config
}

async function fault(config: PostgresConfig): Promise<string> {
  try {
    await openPostgres(config)
  } catch (error) {
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(PASSWORD)
    if (isHarborageError(error, 'invalid_config')) return error.message
    throw error
  }
  throw new Error('it was opened')
}

describe('a wrong option is rejected by its name:', () => {
  test.for<[string, unknown]>([
    ['dsn', `mysql://app:${PASSWORD}@127.0.0.1/app`],
    ['dsn', ''],
    ['dsn', 5432],
    ['dsn', undefined],
    ['pool', { dsn }],
    ['pool', 'pool'],
    ['pool', null],
    ['max', 0],
    ['max', 1.5],
    ['max', '10'],
    ['max', 10_001],
    ['max', Number.NaN],
    ['schema', ''],
    ['schema', '1st'],
    ['schema', 'a-b'],
    ['schema', 'pg_foo'],
    ['schema', 'a"; drop table state_records; --'],
    ['schema', 'ä'],
    ['schema', 's'.repeat(64)],
    ['schema', null],
    ['preparedStatements', 'yes'],
    ['preparedStatements', 0],
    ['connectionTimeoutMs', 0],
    ['maxWaitingBytes', 0],
    ['maxWaitingBytes', 0.5],
    ['connectionTimeoutMs', -1],
    ['connectionTimeoutMs', Number.POSITIVE_INFINITY],
    ['connectionTimeoutMs', 2 ** 31],
    ['queryTimeoutMs', 0],
    ['queryTimeoutMs', '30s'],
    ['retryTimeoutMs', -1],
    ['retryTimeoutMs', 2 ** 31],
    ['retryTimeoutMs', 0.5],
    ['conectionTimeoutMs', 300],
    ['password', PASSWORD],
  ])('%s = %s', async ([name, value]) => {
    expect(await fault(untyped({ dsn, [name]: value }))).toContain(name)
  })
})

describe('a configuration is rejected that', () => {
  test('names no database', async () => {
    expect(await fault({})).toContain('give either dsn or pool')
  })

  test('names two', async () => {
    const pool = new Pool()
    expect(await fault({ dsn, pool })).toContain('give either dsn or pool')
    await pool.end()
  })

  test('has a pool and max, which is for another pool', async () => {
    const pool = new Pool()
    expect(await fault({ pool, max: 3 })).toContain('max goes with dsn')
    await pool.end()
  })

  test('has many unknown names, a DSN among them, naming the known ones', async () => {
    const message = await fault(untyped(Object.assign(Buffer.from(dsn), { [dsn]: 1 })))
    expect(message.length).toBeLessThan(400)
    expect(message).toContain('it takes dsn, pool, max')
  })

  test.for(['null', '7', `"${dsn}"`, '[]'])('is %s', async (config) => {
    expect(await fault(JSON.parse(config) as PostgresConfig)).toContain('configuration')
  })
})

describe('a configuration with which opening fails is a finding of diagnose:', () => {
  test.for([
    { dsn, maximum: 3 },
    { dsn, schema: 'pg_foo' },
    { dsn: `mysql://app:${PASSWORD}@127.0.0.1/app` },
    {},
  ])('%s', async (config) => {
    expect(await diagnose(untyped(config))).toEqual([
      { name: 'config', grade: 'fails', message: await fault(untyped(config)) },
    ])
  })
})

describe('a DSN that cannot be parsed is rejected without being shown:', () => {
  test.for([
    `postgres://app:${PASSWORD}@127.0.0.1:port/app`,
    `postgres://app:${PASSWORD}@[::1/app`,
    `postgres://app:${PASSWORD}@127.0.0.1:1/app?sslmode=verify-full&sslrootcert=/absent/${PASSWORD}`,
  ])('%s', async (malformed) => {
    expect(await fault({ dsn: malformed })).toContain('dsn')
  })

  test('one whose certificate does not exist, with a message of its own', async () => {
    const missing = `postgres://app:${PASSWORD}@127.0.0.1:1/app?sslrootcert=/absent.pem`
    expect(await fault({ dsn: missing })).toContain('sslrootcert')
  })
})

test.for([{ retryTimeoutMs: 0 }, { max: 1 }, { schema: '_a$1' }, { preparedStatements: false }])(
  'an option at a limit is accepted: %s',
  async (options) => {
    await expect(openPostgres({ dsn, ...options })).rejects.toMatchObject({
      code: 'store_unavailable',
    })
  },
)
