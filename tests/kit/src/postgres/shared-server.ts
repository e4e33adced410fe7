import { Client } from 'pg'
import type { TestProject } from 'vitest/node'

import { startPostgresServer } from './start-server.ts'
import { HANG_LIMIT_MS } from '../hang-limit.ts'
import { memoryFolder } from '../vitest/memory-folder.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** A PostgreSQL server, with rights to create databases on it. */
    postgresServer: string
  }
}

/**
 * One PostgreSQL for the whole run: the one that HARBORAGE_TEST_POSTGRES names, or one of its own.
 */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | void> {
  const named = process.env['HARBORAGE_TEST_POSTGRES']
  if (named) {
    await mustCreateDatabases(named)
    project.provide('postgresServer', named)
    return
  }
  const server = await startPostgresServer({ settings, within: memoryFolder, isTemplate: true })
  project.provide('postgresServer', server.dsn)
  return () => server.stop()
}

/**
 * Databases are created by way of the log, as servers do by default: a copy of files begins with a
 * checkpoint, which disturbs tests that count what is written.
 *
 * Tests of durability start a server of their own: this one may forget what it acknowledged when the
 * machine loses power, and is several times faster at creating databases.
 */
const settings = {
  fsync: 'off',
  full_page_writes: 'off',
  // Of the many databases each would be visited in turn. A test that needs statistics makes them.
  autovacuum: 'off',
  jit: 'off',
  // Its log may be in memory.
  max_wal_size: '256MB',
}

async function mustCreateDatabases(dsn: string): Promise<void> {
  const client = new Client({ connectionString: dsn, connectionTimeoutMillis: HANG_LIMIT_MS })
  try {
    await client.connect()
    const { rows } = await client.query<{ allowed: boolean }>(
      'select rolcreatedb or rolsuper as allowed from pg_roles where rolname = current_user',
    )
    if (!rows[0]?.allowed) throw new Error('its user may not create databases')
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`The server that HARBORAGE_TEST_POSTGRES names is of no use: ${reason}`, {
      cause,
    })
  } finally {
    await client.end().catch(() => {})
  }
}
