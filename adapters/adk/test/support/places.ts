import '@harborage/driver-fs'
import { openArtifactStore, type ArtifactStore } from '@harborage/artifacts'
import { createEventBus, openDatabase } from '@harborage/core'
import { openJournalStore, type JournalStore } from '@harborage/journal'
import { openMemoryStore, type MemoryStore } from '@harborage/memory'
import { openStateStore, type StateStore } from '@harborage/state'
import { sharedPlaces } from '@harborage/test-kit/adapters/places'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'
import { onTestFinished } from 'vitest'

/** The stores of a test. */
export interface Stores {
  readonly artifacts: ArtifactStore
  readonly journal: JournalStore
  readonly memory: MemoryStore
  readonly state: StateStore
}

/** Where the stores of a test are. */
export interface Place {
  readonly name: string
  /** Opens stores with nothing in them, for the running test. */
  readonly open: () => Promise<Stores>
}

export const memory: Place = { name: 'memory', open: openInMemory }

/** Memory, SQLite in a file, and Postgres. */
export const places: readonly Place[] = [
  memory,
  ...sharedPlaces.map(({ name, makeDsn }) => ({
    name,
    open: async () => openFor(await makeDsn()),
  })),
]

/** State in memory, and artifacts on files. */
export const files: Place = {
  name: 'files',
  open: async () => {
    const folder = await temporaryFolder()
    const artifacts = await openArtifactStore({ dsn: `fs:${folder}` })
    return { ...(await openInMemory()), artifacts }
  },
}

/** Opens stores on a database, which are closed when the running test ends. */
export async function openFor(dsn: string): Promise<Stores> {
  const database = await openDatabase(dsn)
  onTestFinished(() => database.close())
  return {
    artifacts: await openArtifactStore({ database }),
    journal: await openJournalStore({ database }),
    memory: await openMemoryStore({ database, bus: createEventBus() }),
    state: await openStateStore({ database }),
  }
}

async function openInMemory(): Promise<Stores> {
  return {
    artifacts: await openArtifactStore(),
    journal: await openJournalStore(),
    memory: await openMemoryStore({ bus: createEventBus() }),
    state: await openStateStore(),
  }
}
