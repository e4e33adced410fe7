import type { PruneOptions } from '@harborage/core'
import type { RefPlace } from './artifact.ts'

/** Options of `ArtifactStore.prune`. */
export interface ArtifactPruneOptions extends PruneOptions<RefPlace> {
  /**
   * Prunes only artifacts of this namespace: `''` for those of any. Required with `olderThan` and
   * `keepLatest`, since what an adapter keeps may refer to an older artifact. Default: `''`.
   */
  readonly namespace?: string
  /** Whether to remove all that has expired, besides what the rules name. Default: `true`. */
  readonly expired?: boolean
}
