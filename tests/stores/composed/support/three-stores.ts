import { openArtifactStore, type ArtifactStore } from '@harborage/artifacts'
import { compileArtifactStatements, type ArtifactStatements } from '@harborage/artifacts/sql'
import { createEventBus, type Database } from '@harborage/core'
import { requireSqlDatabase, type SqlDatabase } from '@harborage/core/sql'
import { openPostgres } from '@harborage/driver-postgres'
import { openSqlite } from '@harborage/driver-sqlite'
import { openMemoryStore, type MemoryStore } from '@harborage/memory'
import { compileMemoryStatements, type MemoryStatements } from '@harborage/memory/sql'
import { openStateStore, type StateStore } from '@harborage/state'
import { compileStateStatements, type StateStatements } from '@harborage/state/sql'
import { onTestFinished } from 'vitest'
import { createDatabaseWithTables } from '@harborage/test-kit/postgres/database-with-tables'

/** The stores of one database, and what their works need. */
export interface ThreeStores extends AsyncDisposable {
  readonly database: SqlDatabase
  readonly state: StateStore
  readonly artifacts: ArtifactStore
  readonly memory: MemoryStore
  readonly statements: {
    readonly state: StateStatements
    readonly artifacts: ArtifactStatements
    readonly memory: MemoryStatements
  }
}

/** Opens the stores on a database, which is closed with them. */
export async function storesOn(opened: Database): Promise<ThreeStores> {
  const database = requireSqlDatabase(opened)
  return {
    database,
    state: await openStateStore({ database }),
    artifacts: await openArtifactStore({ database }),
    memory: await openMemoryStore({
      database,
      bus: createEventBus(),
      strategy: 'truncation',
      budgetTokens: 0,
    }),
    statements: {
      state: compileStateStatements(database),
      artifacts: compileArtifactStatements(database),
      memory: compileMemoryStatements(database),
    },
    [Symbol.asyncDispose]: () => database.close(),
  }
}

/** Opens the stores on a new database of Postgres, which is dropped when the test is over. */
export async function onPostgres(): Promise<ThreeStores & { readonly dsn: string }> {
  const created = await createDatabaseWithTables()
  onTestFinished(() => created.drop())
  const { dsn } = created
  return { ...(await storesOn(await openPostgres({ dsn }))), dsn }
}

async function onSqlite(): Promise<ThreeStores> {
  return storesOn(await openSqlite({ dsn: ':memory:' }))
}

/** How a test opens the stores on each engine. */
export const engines: readonly (readonly [string, () => Promise<ThreeStores>])[] = [
  ['SQLite', onSqlite],
  ['Postgres', onPostgres],
]
