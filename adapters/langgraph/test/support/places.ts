import '@harborage/driver-postgres'
import '@harborage/driver-sqlite'

import { join } from 'node:path'

import { openStateStore, type StateStore } from '@harborage/state'
import { createDatabase } from '@harborage/test-kit/postgres/test-database'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'
import { onTestFinished } from 'vitest'

/** Where the state of a test is kept. */
export interface Place {
  readonly name: string
  /** Opens a state store with nothing in it, for the running test. */
  readonly open: () => Promise<StateStore>
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
    makeDsn: async () => `sqlite:${join(await temporaryFolder(), 'state.db')}`,
  },
  {
    name: 'Postgres',
    makeDsn: async () => {
      const database = await createDatabase()
      onTestFinished(() => database.drop())
      return database.dsn
    },
  },
]

export const memory: Place = { name: 'memory', open: () => openFor('memory:') }

/** Memory, SQLite and Postgres. */
export const places: readonly Place[] = [
  memory,
  ...sharedPlaces.map(({ name, makeDsn }) => ({
    name,
    open: async () => openFor(await makeDsn()),
  })),
]

/** Opens a state store, which is closed when the running test ends. */
export async function openFor(dsn: string): Promise<StateStore> {
  const state = await openStateStore({ dsn, kindIndex: false })
  onTestFinished(() => state.close())
  return state
}
