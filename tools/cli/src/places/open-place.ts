import { openArtifactStore, type ArtifactStore } from '@harborage/artifacts'
import { createEventBus } from '@harborage/core'
import type { SqlDatabase } from '@harborage/core/sql'
import { openJournalStore, type JournalStore } from '@harborage/journal'
import { openMemoryStore, type MemoryDriver, type MemoryStore } from '@harborage/memory'
import { openStateStore, type StateStore } from '@harborage/state'
import type { Place, StoreName } from '../profile/profile.ts'
import { isBegun, readLedger } from './ledger.ts'
import { openArtifactFolder } from './open-artifact-folder.ts'
import { openDatabase, type OpeningOptions } from './open-database.ts'
import { subsystemOf } from './subsystems.ts'

/** The memory store with its driver, which reads conversations of every strategy. */
export interface OpenMemory {
  readonly store: MemoryStore
  readonly driver: MemoryDriver
}

/** The open stores of a place. One that has no tables there is left out. */
export interface OpenStores {
  readonly state?: StateStore
  readonly artifacts?: ArtifactStore
  readonly memory?: OpenMemory
  readonly journal?: JournalStore
}

/** An open place. */
export interface OpenPlace extends AsyncDisposable {
  readonly place: Place
  /** `undefined` if it is a folder. */
  readonly database: SqlDatabase | undefined
  readonly stores: OpenStores
}

/**
 * Opens the stores of a place. It changes no tables, and makes neither a file nor a folder. If
 * opening fails, nothing stays open.
 */
export async function openPlace(place: Place, options?: OpeningOptions): Promise<OpenPlace> {
  if (place.kind === 'fs') {
    const artifacts = await openArtifactFolder(place, 'verify')
    return {
      place,
      database: undefined,
      stores: { artifacts },
      [Symbol.asyncDispose]: () => artifacts.close(),
    }
  }
  const database = await openDatabase(place, options)
  try {
    // Stores on a database that was passed leave it open, and hold nothing else.
    const stores = await openStores(database, place.stores)
    return { place, database, stores, [Symbol.asyncDispose]: () => close(database, stores) }
  } catch (error) {
    await database.close()
    throw error
  }
}

async function openStores(database: SqlDatabase, names: readonly StoreName[]): Promise<OpenStores> {
  const config = { database, migrate: 'verify' } as const
  const begun = await Promise.all(
    names.map(async (name) => isBegun(await readLedger(database, await subsystemOf(name)))),
  )
  const has = (name: StoreName): boolean => begun[names.indexOf(name)] === true
  return {
    ...(has('state') && { state: await openStateStore(config) }),
    ...(has('artifacts') && { artifacts: await openArtifactStore(config) }),
    ...(has('memory') && { memory: await openMemory(database) }),
    ...(has('journal') && { journal: await openJournalStore(config) }),
  }
}

async function openMemory(database: SqlDatabase): Promise<OpenMemory> {
  const { openSqlMemoryDriver } = await import('@harborage/memory/sql')
  const driver = await openSqlMemoryDriver(database, 'verify')
  const store = await openMemoryStore({ database, migrate: 'verify', bus: createEventBus() })
  return { store, driver }
}

async function close(
  database: SqlDatabase,
  { state, artifacts, memory, journal }: OpenStores,
): Promise<void> {
  for (const store of [state, artifacts, memory?.store, memory?.driver, journal]) {
    await store?.close()
  }
  await database.close()
}
