import { openArtifactStore } from '@harborage/artifacts'
import type { StepStores } from '@harborage/conformance/steps'
import type { Database, EventBus } from '@harborage/core'
import { openMemoryStore } from '@harborage/memory'
import { openStateStore } from '@harborage/state'

/** Opens the stores on a database, or in memory. */
export async function openStepStores(
  bus: EventBus,
  database?: Database,
  closeDatabase: () => Promise<void> = async () => {},
): Promise<StepStores> {
  const on = database === undefined ? {} : { database }
  const state = await openStateStore(on)
  const artifacts = await openArtifactStore(on)
  const memory = await openMemoryStore({ ...on, strategy: 'truncation', bus })
  return {
    state,
    artifacts,
    memory,
    async close() {
      for (const store of [state, artifacts, memory]) await store.close()
      await closeDatabase()
    },
  }
}
