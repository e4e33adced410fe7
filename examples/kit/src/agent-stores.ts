import { openDatabase, type Database } from '@harborage/core'
import { openJournalStore, type JournalStore } from '@harborage/journal'
import { openStateStore, type StateStore } from '@harborage/state'

/** The stores of a process, on one database. */
export interface AgentStores extends AsyncDisposable {
  readonly database: Database
  readonly state: StateStore
  readonly journal: JournalStore
}

/** Opens the stores of a process, with the driver of the DSN. */
export async function openAgentStores(dsn: string): Promise<AgentStores> {
  if (/^postgres/i.test(dsn)) await import('@harborage/driver-postgres')
  else await import('@harborage/driver-sqlite')
  const database = await openDatabase(dsn)
  return {
    database,
    state: await openStateStore({ database }),
    journal: await openJournalStore({ database }),
    [Symbol.asyncDispose]: () => database.close(),
  }
}
