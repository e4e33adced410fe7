import type { PruneOptions } from '@harborage/core'
import type { SlotKey } from './state-driver.ts'

/** Options of `StateStore.prune`. */
export interface StatePruneOptions extends PruneOptions<SlotKey> {
  /**
   * Prunes only slots whose kind begins with this prefix, which is literal and case-sensitive: `''`
   * for all slots. Required with `olderThan` and `keepLatest`, since what an adapter keeps may
   * depend on older slots. Default: `''`.
   */
  readonly kindPrefix?: string
  /** Whether to remove all that has expired, besides what the rules name. Default: `true`. */
  readonly expired?: boolean
}
