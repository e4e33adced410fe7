import type { PruneOptions } from '@harborage/core'
import type { StreamKey } from './journal-driver.ts'

/** Options of `JournalStore.prune`. */
export interface JournalPruneOptions extends PruneOptions<StreamKey> {
  /**
   * Prunes only streams whose name begins with this prefix, which is literal and case-sensitive:
   * `''` for all streams. Required with `olderThan` and `keepLatest`, since what an adapter keeps
   * may depend on an older stream. Default: `''`.
   */
  readonly prefix?: string
  /** Whether to remove all that has expired, besides what the rules name. Default: `true`. */
  readonly expired?: boolean
}
