import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { failureOf } from '@harborage/test-kit/failure-of'
import { HANG_LIMIT_MS } from '@harborage/test-kit/hang-limit'
import { createDatabaseWithTables } from '@harborage/test-kit/postgres/database-with-tables'
import type { TestDatabase } from '@harborage/test-kit/postgres/test-database'
import { queryPostgres } from '@harborage/test-kit/postgres/query'
import { newRecord, openOwnStore } from './support/test-store.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createDatabaseWithTables()
  await using own = await openOwnStore({ dsn: database.dsn })
  await own.state.save(newRecord({ kind: 'before' }))
  await queryPostgres(
    database.dsn,
    `create sequence refused;
     create function refuse() returns trigger language plpgsql as $$
       begin
         perform nextval('refused');
         raise exception 'could not extend file' using errcode = 'disk_full';
       end $$`,
  )
})

afterAll(() => database.drop())

function fillDisk(): Promise<unknown> {
  const refuse = 'before insert or update on state_records for each row execute function refuse()'
  return queryPostgres(database.dsn, `create trigger full_disk ${refuse}`)
}

function freeDisk(): Promise<unknown> {
  return queryPostgres(database.dsn, 'drop trigger full_disk on state_records')
}

async function refusals(): Promise<number> {
  const [row] = await queryPostgres<{ count: number }>(
    database.dsn,
    'select last_value::int as count from refused',
  )
  return row?.count ?? 0
}

test('calls during a full disk of the server succeed once there is space again', async () => {
  await using own = await openOwnStore({ dsn: database.dsn, retryTimeoutMs: HANG_LIMIT_MS })
  await fillDisk()
  const before = await refusals()
  const saving = Array.from({ length: 10 }, (_, index) =>
    own.state.save(newRecord({ kind: `full ${index}` })),
  )
  const committing = own.state.commit({ save: [newRecord({ kind: 'full, too' })] })
  await vi.waitUntil(async () => (await refusals()) > before + 8, { timeout: HANG_LIMIT_MS })
  await freeDisk()
  expect(new Set(await Promise.all(saving))).toEqual(new Set(['saved']))
  expect(await committing).toMatchObject({ save: ['saved'] })
})

test('a disk that stays full longer than a call may take fails it, with no doubt', async () => {
  await using own = await openOwnStore({ dsn: database.dsn, retryTimeoutMs: 100 })
  await fillDisk()
  const failure = await failureOf(own.state.save(newRecord({ kind: 'still full' })))
  await freeDisk()
  expect(failure).toMatchObject({ code: 'store_unavailable', retryable: true })
  expect(failure.message).toContain('53100')
})
