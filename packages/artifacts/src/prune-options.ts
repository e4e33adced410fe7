import type { PruneOptions } from '@harborage/core'
import type { RefPlace } from './artifact.ts'

/** Options of `ArtifactStore.prune`. */
export interface ArtifactPruneOptions extends PruneOptions<RefPlace> {
  /**
   * Prunes only artifacts of this namespace: `''` for those of any. Required, since what an adapter
   * keeps may refer to an older artifact.
   */
  readonly namespace?: string
}
