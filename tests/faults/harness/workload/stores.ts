import { openArtifactStore, type ArtifactStore } from '@harborage/artifacts'
import { createEventBus, type Database } from '@harborage/core'
import { openPostgres, type PostgresConfig } from '@harborage/driver-postgres'
import { openMemoryStore, type MemoryStore } from '@harborage/memory'
import { openStateStore, type StateStore } from '@harborage/state'

import { hangLimit } from '../this-build.ts'
import { isPassing } from './tally.ts'

/** All three stores on one database. */
export interface Stores {
  readonly state: StateStore
  readonly artifacts: ArtifactStore
  readonly memory: MemoryStore
}

export async function openStores(database: Database): Promise<Stores> {
  const [state, artifacts, memory] = await Promise.all([
    openStateStore({ database }),
    openArtifactStore({ database }),
    openMemoryStore({ database, bus: createEventBus(), strategy: 'truncation', budgetTokens: 0 }),
  ])
  return { state, artifacts, memory }
}

/** Opens stores with limits that a busy machine may exceed, and retries until it succeeds. */
export async function openInTime(config: PostgresConfig): Promise<Stores & AsyncDisposable> {
  const deadline = performance.now() + hangLimit(10_000)
  for (;;) {
    try {
      return await openPostgresStores(config)
    } catch (error) {
      if (!isPassing(error) || performance.now() > deadline) throw error
    }
  }
}

/**
 * Resolves to all three stores on a Postgres database that is opened for them and closed with them.
 */
export async function openPostgresStores(
  config: PostgresConfig,
): Promise<Stores & AsyncDisposable> {
  const database = await openPostgres(config)
  const stores = await openStores(database).catch(async (error: unknown) => {
    await database.close()
    throw error
  })
  return {
    ...stores,
    async [Symbol.asyncDispose]() {
      await Promise.all([stores.state.close(), stores.artifacts.close(), stores.memory.close()])
      await database.close()
    },
  }
}
