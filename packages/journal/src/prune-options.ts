import type { PruneOptions } from '@harborage/core'
import type { StreamKey } from './journal-driver.ts'

/** Options of `JournalStore.prune`. */
export interface JournalPruneOptions extends PruneOptions<StreamKey> {
  /**
   * Prunes only streams whose name begins with this prefix, which is literal and case-sensitive:
   * `''` for all streams. Required, since what an adapter keeps may depend on an older stream.
   */
  readonly prefix?: string
}
