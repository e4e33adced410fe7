import { join } from 'node:path'
import '@harborage/driver-postgres'
import '@harborage/driver-sqlite'
import { openDatabase } from '@harborage/core'
import { openJournalStore, type JournalStore } from '@harborage/journal'
import { openStateStore, type StateStore } from '@harborage/state'
import { onTestFinished } from 'vitest'

import { createDatabaseWithTables } from '../postgres/database-with-tables.ts'
import { temporaryFolder } from '../temporary-folder.ts'

/** The stores that adapters put a framework on, on one database. */
export interface Stores {
  readonly journal: JournalStore
  readonly state: StateStore
}

/** Where the stores of a test are. */
export interface Place {
  readonly name: string
  /** Opens stores with nothing in them, for the running test. */
  readonly open: () => Promise<Stores>
}

/** A place that several processes can open. */
export interface SharedPlace {
  readonly name: string
  /** Resolves to the DSN of a database with nothing in it, for the running test. */
  readonly makeDsn: () => Promise<string>
}

/** SQLite in a file, and Postgres. */
export const sharedPlaces: readonly SharedPlace[] = [
  {
    name: 'SQLite',
    makeDsn: async () => `sqlite:${join(await temporaryFolder(), 'agents.db')}`,
  },
  {
    name: 'Postgres',
    makeDsn: async () => {
      const database = await createDatabaseWithTables()
      onTestFinished(() => database.drop())
      return database.dsn
    },
  },
]

export const memory: Place = { name: 'memory', open: openInMemory }

/** Memory, SQLite and Postgres. */
export const places: readonly Place[] = [
  memory,
  ...sharedPlaces.map(({ name, makeDsn }) => ({
    name,
    open: async () => openFor(await makeDsn()),
  })),
]

/** Opens stores on a database, which are closed when the running test ends. */
export async function openFor(dsn: string): Promise<Stores> {
  const database = await openDatabase(dsn)
  onTestFinished(() => database.close())
  return {
    journal: await openJournalStore({ database }),
    state: await openStateStore({ database }),
  }
}

async function openInMemory(): Promise<Stores> {
  return { journal: await openJournalStore(), state: await openStateStore() }
}
