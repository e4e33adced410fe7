import type { CallOptions, ListOptions } from '@harborage/core'

/** Bounds on the kinds of a list. They are the same for both orders. */
export interface KindBounds {
  /** The first kind, by its UTF-8 bytes, that belongs to the list. Default: no bound. */
  readonly from?: string
  /** The first kind, by its UTF-8 bytes, that is beyond the list. Default: no bound. */
  readonly to?: string
}

/** Options of `StateStore.list` and `StateStore.listKeys`. */
export interface StateListOptions extends ListOptions, KindBounds {}

/** Options of `StateStore.count`. */
export interface CountOptions extends CallOptions, KindBounds {}
