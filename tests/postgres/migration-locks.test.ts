import { lockKey, migrateSubsystem, requireSqlDatabase } from '@harborage/core/sql'
import { openPostgres } from '@harborage/driver-postgres'
import { openStateStore } from '@harborage/state'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../support/postgres-database.ts'
import { queryPostgres } from '../support/query-postgres.ts'
import { bystander, waitingForLock } from './support/backends.ts'

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

test('a migration waits for whoever holds the lock of its subsystem, and leaves no lock', async () => {
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
  await migrateSubsystem(requireSqlDatabase(shared), { name: 'artifacts', migrations }, 'apply')
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
    migrateSubsystem(requireSqlDatabase(shared), { name: 'memory', migrations: failing }, 'apply'),
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
