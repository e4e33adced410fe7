import { openArtifactStore } from '@harborage/artifacts'
import { openStateStore } from '@harborage/state'
import type { Stores } from '../../src/open-stores.ts'

/** The stores of a run without a database. */
export async function storesInMemory(): Promise<Stores> {
  const state = await openStateStore()
  const artifacts = await openArtifactStore()
  return {
    state,
    artifacts,
    async [Symbol.asyncDispose]() {
      await artifacts.close()
      await state.close()
    },
  }
}
