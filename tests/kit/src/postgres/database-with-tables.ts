import { openArtifactStore } from '@harborage/artifacts'
import { createEventBus } from '@harborage/core'
import { openPostgres } from '@harborage/driver-postgres'
import { openJournalStore } from '@harborage/journal'
import { openMemoryStore } from '@harborage/memory'
import { openStateStore } from '@harborage/state'
import { Client } from 'pg'
import { inject } from 'vitest'

import { createDatabase, databaseOf, type TestDatabase } from './test-database.ts'

/** The database that others are copied from, of which a server has one. */
const TEMPLATE = 'harborage_with_tables'

let made: Promise<void> | undefined

/**
 * Resolves to a fresh database that has the tables of all stores, and nothing in them. To copy it
 * takes a fifth of what the migrations take, so it is for all tests that are not about these. A
 * server that HARBORAGE_TEST_POSTGRES names gets no template: there the stores make their tables.
 */
export async function createDatabaseWithTables(): Promise<TestDatabase> {
  if (process.env['HARBORAGE_TEST_POSTGRES']) return createDatabase()
  made ??= makeTemplate(inject('postgresServer'))
  await made
  return createDatabase({ template: TEMPLATE })
}

/** Makes the template, unless another process has made it. */
async function makeTemplate(server: string): Promise<void> {
  const client = new Client({ connectionString: server })
  await client.connect()
  try {
    // Held until the connection ends, so that one process makes it and the others wait.
    await client.query('select pg_advisory_lock(1)')
    const { rowCount } = await client.query(
      'select from pg_database where datname = $1 and datistemplate',
      [TEMPLATE],
    )
    if (rowCount !== 0) return
    await client.query(`create database ${TEMPLATE}`)
    await makeTables(databaseOf(server, TEMPLATE))
    await client.query(`alter database ${TEMPLATE} is_template true`)
  } finally {
    await client.end()
  }
}

async function makeTables(dsn: string): Promise<void> {
  await using database = await openPostgres({ dsn })
  await using _state = await openStateStore({ database })
  await using _artifacts = await openArtifactStore({ database })
  const rules = { strategy: 'none', bus: createEventBus() } as const
  await using _memory = await openMemoryStore({ database, ...rules })
  await using _journal = await openJournalStore({ database })
}
