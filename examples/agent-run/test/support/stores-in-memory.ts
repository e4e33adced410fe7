import { openArtifactStore } from '@harborage/artifacts'
import { openStateStore } from '@harborage/state'
import { openMemory } from '../../src/memory/open-memory.ts'
import type { Stores } from '../../src/open-stores.ts'

/** The stores of a run without a database. */
export async function storesInMemory(): Promise<Stores> {
  const state = await openStateStore()
  const artifacts = await openArtifactStore()
  const memory = await openMemory()
  return {
    state,
    artifacts,
    memory,
    async [Symbol.asyncDispose]() {
      await memory.close()
      await artifacts.close()
      await state.close()
    },
  }
}
