import { join } from 'node:path'

import { openArtifactStore, type ArtifactStore } from '@harborage/artifacts'
import { createEventBus, openDatabase } from '@harborage/core'
import { openMemoryStore, type MemoryStore } from '@harborage/memory'
import { openStateStore, type StateStore } from '@harborage/state'
import '@harborage/driver-fs'
import '@harborage/driver-postgres'
import '@harborage/driver-sqlite'

import { PROMISED_TURN_IDS } from './turn-caller.ts'

export type Place = 'in memory' | 'SQLite' | 'Postgres' | 'files'

/** On files there are only artifacts. */
export interface Stores extends AsyncDisposable {
  readonly state?: StateStore
  readonly memory?: MemoryStore
  readonly artifacts: ArtifactStore
}

export async function openStores(
  place: Place,
  { dsn, folder }: { readonly dsn: string; readonly folder: string },
): Promise<Stores> {
  const opened = new AsyncDisposableStack()
  const dispose = { [Symbol.asyncDispose]: () => opened.disposeAsync() }
  if (place === 'files') {
    return { artifacts: opened.use(await openArtifactStore({ dsn: `fs:${folder}` })), ...dispose }
  }
  const at = place === 'SQLite' ? `sqlite:${join(folder, 'a.db')}` : dsn
  const config = place === 'in memory' ? {} : { database: opened.use(await openDatabase(at)) }
  const rules = {
    strategy: 'truncation',
    bus: createEventBus(),
    rememberedTurnIds: PROMISED_TURN_IDS,
    rememberedTurnIdsMs: 0,
  } as const
  return {
    state: opened.use(await openStateStore(config)),
    memory: opened.use(await openMemoryStore({ ...config, ...rules })),
    artifacts: opened.use(await openArtifactStore(config)),
    ...dispose,
  }
}
