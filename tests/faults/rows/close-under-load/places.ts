import { join } from 'node:path'

import { openArtifactStore, type ArtifactStore } from '@harborage/artifacts'
import { type Database, type EventBus, openDatabase } from '@harborage/core'
import { openMemoryStore, type MemoryStore, type Summarizer } from '@harborage/memory'
import { openStateStore, type StateStore } from '@harborage/state'
import '@harborage/driver-fs'
import '@harborage/driver-postgres'
import '@harborage/driver-sqlite'

/**
 * The backend of the stores, and whether they share one database or open it separately.
 */
export type Place = 'in memory' | 'SQLite' | 'own SQLite' | 'Postgres' | 'own Postgres' | 'files'

export const places: readonly Place[] = [
  'Postgres',
  'SQLite',
  'files',
  'own Postgres',
  'own SQLite',
  'in memory',
]

/** The databases and folders of a round. */
export interface Ground {
  readonly place: Place
  readonly folder: string
  /** Of the Postgres database. */
  readonly dsn: string
}

export interface Stores {
  readonly state?: StateStore
  readonly memory?: MemoryStore
  readonly artifacts: ArtifactStore
  readonly database?: Database
}

const HOUR_MS = 3_600_000

/** The background work of the memory store. */
export interface Background {
  readonly summarizer: Summarizer
  readonly bus: EventBus
}

/** Opens the stores of a place. On files there are only artifacts. */
export async function openStores(ground: Ground, { summarizer, bus }: Background): Promise<Stores> {
  const rules = {
    bus,
    strategy: 'rolling_summary',
    summarizer,
    // Each turn is to be folded at once, and nothing that waits may keep a closed store's process
    // alive.
    recentTurns: 0,
    retryBackoffMs: HOUR_MS,
    degradedRetryMs: HOUR_MS,
    summarizerTimeoutMs: HOUR_MS,
    closeGraceMs: 20,
  } as const
  if (ground.place === 'files') {
    return { artifacts: await openArtifactStore({ dsn: `fs:${ground.folder}` }) }
  }
  const dsn = dsnOf(ground)
  const isShared = !ground.place.startsWith('own') && dsn !== undefined
  const database = isShared ? await openDatabase(dsn) : undefined
  const config = database !== undefined ? { database } : dsn === undefined ? {} : { dsn }
  const state = await openStateStore(config)
  const memory = await openMemoryStore({ ...config, ...rules })
  const artifacts = await openArtifactStore(config)
  return { state, memory, artifacts, ...(database === undefined ? {} : { database }) }
}

/** Closes everything at once while calls are running. */
export async function closeStores({ state, memory, artifacts, database }: Stores): Promise<void> {
  await Promise.all([state?.close(), memory?.close(), artifacts.close()])
  await database?.close()
}

function dsnOf({ place, folder, dsn }: Ground): string | undefined {
  if (place.endsWith('Postgres')) return dsn
  return place.endsWith('SQLite') ? `sqlite:${join(folder, 'a.db')}` : undefined
}
