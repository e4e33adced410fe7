import type { Database } from '@harborage/core'
import { openPostgres } from '@harborage/driver-postgres'
import { Pool } from 'pg'
import { afterAll, beforeAll } from 'vitest'

import { createDatabaseWithTables } from './database-with-tables.ts'

/**
 * Returns an open database on a PostgreSQL database of its own, for as long as the surrounding
 * `describe` runs.
 */
export function suiteDatabase(open: (dsn: string) => Promise<OpenedDatabase>): () => Database {
  const opened = new AsyncDisposableStack()
  let database: Database | undefined
  beforeAll(async () => {
    const created = await createDatabaseWithTables()
    opened.defer(() => created.drop())
    const { database: fresh, release } = await open(created.dsn)
    opened.defer(release)
    opened.use(fresh)
    database = fresh
  })
  afterAll(() => opened.disposeAsync())
  return () => {
    if (database === undefined) throw new Error('the database is opened before the tests run')
    return database
  }
}

/** What {@link suiteDatabase} closes and then releases. */
export interface OpenedDatabase {
  readonly database: Database
  readonly release: () => Promise<void>
}

/** Over a pool that is the caller's and that the database leaves open. */
export async function overOwnPool(dsn: string): Promise<OpenedDatabase> {
  const pool = callersPool(dsn)
  return { database: await openPostgres({ pool }), release: () => pool.end() }
}

/** Returns a pool like one that a caller brings, with fewer connections than a suite has callers. */
export function callersPool(dsn: string): Pool {
  const pool = new Pool({ connectionString: dsn, max: 5 })
  // The database may be dropped while a connection is still closing.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

/** With all tables in a schema that is made for them. */
export async function inSchema(dsn: string): Promise<OpenedDatabase> {
  const database = await openPostgres({ dsn, schema: 'Agents', max: 4 })
  return { database, release: async () => {} }
}

/** Without prepared statements, as poolers need it. */
export async function withoutPreparedStatements(dsn: string): Promise<OpenedDatabase> {
  const database = await openPostgres({ dsn, preparedStatements: false })
  return { database, release: async () => {} }
}

/** With the defaults of the engine. */
export async function withDefaults(dsn: string): Promise<OpenedDatabase> {
  return { database: await openPostgres({ dsn }), release: async () => {} }
}
