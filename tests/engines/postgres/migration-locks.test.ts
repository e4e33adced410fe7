import { lockKey, migrateSubsystem, requireSqlDatabase, type Subsystem } from '@harborage/core/sql'
import { openPostgres } from '@harborage/driver-postgres'
import { openStateStore } from '@harborage/state'
import { stateSubsystem } from '@harborage/state/sql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failureOf } from '@harborage/test-kit/failure-of'
import { createDatabase, type TestDatabase } from '@harborage/test-kit/postgres/test-database'
import { queryPostgres } from '@harborage/test-kit/postgres/query'
import { bystander, waitingForLock } from '@harborage/test-kit/postgres/backends'
import { newRecord, openOwnStore } from './support/test-store.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createDatabase()
})

afterAll(() => database.drop())

async function advisoryLocks(): Promise<readonly { key: string; granted: boolean }[]> {
  return queryPostgres(
    database.dsn,
    `select ((classid::int8 << 32) | objid::int8)::text as key, granted from pg_locks
     where locktype = 'advisory'
       and database = (select oid from pg_database where datname = current_database())
     order by granted desc`,
  )
}

describe('the key of a lock', () => {
  test.for([
    ['', 0xcbf29ce484222325n],
    ['a', 0xaf63dc4c8601ec8cn],
    ['foobar', 0x85944171f73967e8n],
  ] as const)(
    'is the FNV-1a hash of its name, for which "%s" has a known value',
    ([name, hash]) => {
      expect(BigInt.asUintN(64, lockKey(name))).toBe(hash)
    },
  )

  test('fits the signed integer that Postgres takes', () => {
    for (const name of ['state', 'artifacts', 'memory']) {
      const key = lockKey(`harbor-${name}-migrations`)
      expect(BigInt.asIntN(64, key)).toBe(key)
    }
  })
})

test('a migration waits for the holder of the lock of its subsystem, and leaves no lock', async () => {
  const key = lockKey('harbor-state-migrations')
  await using other = await bystander(database.dsn)
  await other.query(`select pg_advisory_lock(${key})`)
  await using shared = await openPostgres({ dsn: database.dsn })
  const opening = openStateStore({ database: shared })
  await waitingForLock(database.dsn, 1)
  expect(await advisoryLocks()).toEqual([
    { key: String(key), granted: true },
    { key: String(key), granted: false },
  ])
  await other.query(`select pg_advisory_unlock(${key})`)
  await using _state = await opening
  expect(await advisoryLocks()).toEqual([])
})

test('a migration does not wait for the lock of another subsystem', async () => {
  await using other = await bystander(database.dsn)
  await other.query(`select pg_advisory_lock(${lockKey('harbor-state-migrations')})`)
  await using shared = await openPostgres({ dsn: database.dsn })
  const migrations = {
    '0001_nothing': async (): Promise<void> => {
      expect(await advisoryLocks()).toHaveLength(2)
    },
  }
  await migrateSubsystem(
    requireSqlDatabase(shared),
    { name: 'artifacts', packageName: '@harborage/artifacts', migrations },
    'apply',
  )
  expect(await advisoryLocks()).toHaveLength(1)
})

test('a migration that fails leaves no lock', async () => {
  await using shared = await openPostgres({ dsn: database.dsn })
  const failing = {
    '0001_failing': async (): Promise<void> => {
      throw new Error('on purpose')
    },
  }
  await expect(
    migrateSubsystem(
      requireSqlDatabase(shared),
      { name: 'memory', packageName: '@harborage/memory', migrations: failing },
      'apply',
    ),
  ).rejects.toMatchObject({ code: 'migration_failed' })
  expect(await advisoryLocks()).toEqual([])
})

test('a database that is up to date is opened without a lock', async () => {
  await using first = await openPostgres({ dsn: database.dsn })
  await using _migrated = await openStateStore({ database: first })
  await using other = await bystander(database.dsn)
  await other.query(`select pg_advisory_lock(${lockKey('harbor-state-migrations')})`)
  await using second = await openPostgres({ dsn: database.dsn })
  await using _state = await openStateStore({ database: second })
  expect(await advisoryLocks()).toHaveLength(1)
})

describe('a migration of tables that others use', () => {
  const later = '9999_later'
  const newer: Subsystem = {
    ...stateSubsystem,
    migrations: { ...stateSubsystem.migrations, [later]: async () => {} },
  }
  const forget = (): Promise<unknown> =>
    queryPostgres(database.dsn, `delete from harbor_state_migrations where name = '${later}'`)

  /** Resolves to a client that holds a lock on the records. */
  async function reader(): ReturnType<typeof bystander> {
    const reading = await bystander(database.dsn)
    await reading.query('begin; select count(*) from state_records')
    return reading
  }

  test('lets calls pass while a client locks a record, and is applied once it is free', async () => {
    await using old = await openOwnStore({ dsn: database.dsn })
    await using reading = await reader()
    await using shared = await openPostgres({ dsn: database.dsn })
    const migrating = migrateSubsystem(requireSqlDatabase(shared), newer, 'apply')
    await waitingForLock(database.dsn, 1)
    for (let count = 0; count < 3; count += 1) {
      expect(await old.state.save(newRecord())).toBe('saved')
    }
    await reading.query('commit')
    await migrating
    expect(await old.state.save(newRecord())).toBe('saved')
    await forget()
  })

  test('times out, changes nothing, and fails with advice', async () => {
    await using _old = await openOwnStore({ dsn: database.dsn })
    await using reading = await reader()
    await using shared = await openPostgres({ dsn: database.dsn, migrationTimeoutMs: 100 })
    const sqlDatabase = requireSqlDatabase(shared)
    const failure = await failureOf(migrateSubsystem(sqlDatabase, newer, 'apply'))
    expect(failure).toMatchObject({ code: 'store_unavailable', retryable: true })
    expect(failure.message).toContain('end the long transactions')
    expect(await advisoryLocks()).toEqual([])
    const ledger = await queryPostgres(
      database.dsn,
      `select from harbor_state_migrations where name = '${later}'`,
    )
    expect(ledger).toEqual([])
    await reading.query('commit')
    await migrateSubsystem(sqlDatabase, newer, 'apply')
    await forget()
  })
})
