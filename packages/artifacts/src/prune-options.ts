import type { PruneOptions } from '@harborage/core'
import type { RefPlace } from './artifact.ts'

/** Options of `ArtifactStore.prune`. */
export interface ArtifactPruneOptions extends PruneOptions<RefPlace> {
  /** Prunes only artifacts of this namespace. Default: those of any. */
  readonly namespace?: string
}
