import type { PruneOptions } from '@harborage/core'
import type { SlotKey } from './state-driver.ts'

/** Options of `StateStore.prune`. */
export interface StatePruneOptions extends PruneOptions<SlotKey> {
  /**
   * Prunes only slots whose kind begins with this prefix, which is literal and case-sensitive.
   * Default: `''`, all slots.
   */
  readonly kindPrefix?: string
  /** Whether to remove all that has expired, besides what the rules name. Default: `true`. */
  readonly expired?: boolean
}
