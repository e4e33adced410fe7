import { openDatabase } from '@harborage/core'
import { openJournalStore, type JournalStore } from '@harborage/journal'
import { openStateStore, type StateStore } from '@harborage/state'

/** Whose run it is. */
export const owner = { tenantId: 'acme', userId: 'ann' }
/** The session of the run. */
export const sessionId = 'order-4711'

/** The stores of a process, on one database. */
export interface Stores extends AsyncDisposable {
  readonly state: StateStore
  readonly journal: JournalStore
}

/** Opens the stores of a process. */
export async function openStores(dsn: string): Promise<Stores> {
  if (/^postgres/i.test(dsn)) await import('@harborage/driver-postgres')
  else await import('@harborage/driver-sqlite')
  const database = await openDatabase(dsn)
  return {
    state: await openStateStore({ database }),
    journal: await openJournalStore({ database }),
    [Symbol.asyncDispose]: () => database.close(),
  }
}
