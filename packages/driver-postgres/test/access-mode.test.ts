import { changeRows, compileStatement } from '@harborage/core/sql'
import { failureOf } from '@harborage/test-kit/failure-of'
import { createDatabase, type TestDatabase } from '@harborage/test-kit/postgres/test-database'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ClientPool } from '../src/internal/client-pool.ts'
import { StatementRunner } from '../src/internal/connections.ts'
import { MigrationRunner } from '../src/internal/migration-runner.ts'
import { Transaction } from '../src/internal/transaction.ts'
import { parsePostgresConfig } from '../src/postgres-config.ts'

let created: TestDatabase
let pool: ClientPool

beforeAll(async () => {
  created = await createDatabase()
  pool = new ClientPool(parsePostgresConfig({ dsn: created.dsn }))
})

afterAll(async () => {
  await pool.close()
  await created.drop()
})

test('the server refuses changes in a transaction that only reads', async () => {
  const create = compileStatement(
    'create_notes',
    () => ({
      compile: () => sql`create table notes (id text)`.compile(migrations('read write').database),
    }),
    { repeat: 'never' },
  )
  const runner = new StatementRunner({ preparedStatements: true, queryTimeoutMs: 60_000 })
  const client = await pool.acquire()
  const transaction = new Transaction(client, runner, pool.pipelines, 'read only')
  const failure: unknown = await transaction
    .run(changeRows(create, {}))
    .catch((thrown: unknown) => thrown)
  // The failure breaks the connection, and is not rolled back there.
  pool.release(client, true)
  expect(failure).toMatchObject({ error: { cause: { code: '25006' } } })
})

test('the server refuses changes in a migration that only reads', async () => {
  const failure = await failureOf(
    migrations('read only').run({ name: 'notes', tables: [] }, (db) =>
      sql`create table notes (id text)`.execute(db),
    ),
  )
  expect(failure).toMatchObject({ code: 'store_unavailable', cause: { code: '25006' } })
})

function migrations(access: 'read only' | 'read write'): MigrationRunner {
  return new MigrationRunner(pool, 'public', 0, access)
}
