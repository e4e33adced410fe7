import '@harborage/driver-postgres'
import '@harborage/driver-sqlite'

import { openStateStore, type StateStore } from '@harborage/state'
import { onTestFinished } from 'vitest'

import { newDatabase } from './new-database.ts'

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
  { name: 'SQLite', makeDsn: () => newDatabase('sqlite', onTestFinished) },
  { name: 'Postgres', makeDsn: () => newDatabase('postgres', onTestFinished) },
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
