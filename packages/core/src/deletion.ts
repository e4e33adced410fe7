import type { CallOptions } from './call-options.ts'

/** How far a `deleteAll` has come. */
export interface DeleteProgress {
  /** How many records it has deleted so far. */
  readonly deleted: number
}

/** What a `deleteAll` did. */
export interface DeleteAllResult extends DeleteProgress {
  /**
   * How many records the subtree has again at the end, because others saved meanwhile. A run or a
   * session is emptied in one step, so it is 0.
   */
  readonly remaining: number
}

/** Options of a `deleteAll`. */
export interface DeleteAllOptions extends CallOptions {
  /**
   * Called after each batch, at least once. A promise that it returns is awaited. If it throws or
   * rejects, the call rejects with the same error, and what is left stays. Default: none.
   */
  readonly onProgress?: (progress: DeleteProgress) => void | Promise<void>
}
