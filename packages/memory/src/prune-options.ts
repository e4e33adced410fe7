import type { PruneOptions } from '@harborage/core'
import type { PassagePlace } from './passage-driver.ts'

/** Options of `Passages.prune`. */
export interface PassagesPruneOptions extends PruneOptions<PassagePlace> {
  /** Prunes only collections of this name. Default: those of all names. */
  readonly collection?: string
}
