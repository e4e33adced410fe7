import { openArtifactStore, type ArtifactStore } from '@harborage/artifacts'
import { createEventBus, type Database } from '@harborage/core'
import { openPostgres } from '@harborage/driver-postgres'
import { openSqlite } from '@harborage/driver-sqlite'
import { openJournalStore, type JournalStore } from '@harborage/journal'
import { openMemoryStore, type MemoryStore } from '@harborage/memory'
import { openStateStore, type StateStore } from '@harborage/state'
import { createDatabaseWithTables } from '@harborage/test-kit/postgres/database-with-tables'
import { onTestFinished } from 'vitest'

/** The four stores of one place. */
export interface FourStores {
  readonly state: StateStore
  readonly artifacts: ArtifactStore
  readonly memory: MemoryStore
  readonly journal: JournalStore
}

/** Opens the stores on a new SQLite database in memory, which is closed when the test ends. */
export async function onSqlite(): Promise<FourStores> {
  return storesOn(await openSqlite({ dsn: ':memory:' }))
}

/** Opens the stores on a new database of Postgres, which is dropped when the test ends. */
export async function onPostgres(): Promise<FourStores> {
  const created = await createDatabaseWithTables()
  onTestFinished(() => created.drop())
  return storesOn(await openPostgres({ dsn: created.dsn }))
}

/** Opens the stores in the memory of the process. */
export async function inMemory(): Promise<FourStores> {
  return storesOn(undefined)
}

async function storesOn(database: Database | undefined): Promise<FourStores> {
  const place = database === undefined ? {} : { database }
  const stores = {
    state: await openStateStore(place),
    artifacts: await openArtifactStore(place),
    memory: await openMemoryStore({
      ...place,
      bus: createEventBus(),
      strategy: 'truncation',
      budgetTokens: 400,
    }),
    journal: await openJournalStore(place),
  }
  // What was opened last is closed first.
  if (database !== undefined) onTestFinished(() => database.close())
  onTestFinished(async () => {
    for (const store of Object.values(stores)) await store.close()
  })
  return stores
}
