import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { onTestFinished } from 'vitest'

import { createDatabaseWithTables } from '@harborage/test-kit/postgres/database-with-tables'

/** Resolves to an SQLite file of the running test's own, by its DSN. */
export async function sqlitePlace(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'harborage-memory-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return `sqlite:${join(folder, 'memory.db')}`
}

/** Resolves to a Postgres database of the running test's own, by its DSN. */
export async function postgresPlace(): Promise<string> {
  const database = await createDatabaseWithTables()
  onTestFinished(() => database.drop())
  return database.dsn
}

/** Both kinds of databases that several processes may share. */
export const sharedPlaces = [
  { name: 'SQLite', open: sqlitePlace },
  { name: 'Postgres', open: postgresPlace },
] as const
