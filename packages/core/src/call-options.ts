import { HarborageError } from './harborage-error.ts'
import { KnownNames } from './kit/argument-checks.ts'

/** Options that every call of every store takes. */
export interface CallOptions {
  /**
   * Cancels the call. If it is already aborted, the call rejects with its reason and nothing happens; a later abort
   * rejects at once, and what was under way is then applied as a whole or not at all. A walk gives no further record.
   */
  readonly signal?: AbortSignal
}

/** Options of the calls that walk many records. */
export interface PageOptions extends CallOptions {
  /**
   * How many records are fetched at a time, 1 to 1,000. A page of fewer ends early once they hold 8 MiB, so that memory
   * is bounded by that and one record. Default: 100.
   */
  readonly pageSize?: number
}

/** How many records a page holds if the caller does not say. */
export const DEFAULT_PAGE_SIZE = 100

/** The most records that a page may hold. */
export const MAX_PAGE_SIZE = 1000

/** How many bytes a page holds at most before its last record: 8 MiB. */
export const MAX_PAGE_BYTES: number = 8 * 1024 * 1024

/** The names of {@link PageOptions}. */
export const pageOptionNames: KnownNames = new KnownNames('options', ['signal', 'pageSize'])

/**
 * Checks the page size of a walk and gives the default for an absent one.
 *
 * @throws `invalid_record` if it is not a whole number from 1 to 1,000.
 */
export function checkPageSize(options: PageOptions | undefined): number {
  const pageSize: unknown = options?.pageSize
  if (pageSize === undefined) return DEFAULT_PAGE_SIZE
  if (
    typeof pageSize === 'number' &&
    Number.isInteger(pageSize) &&
    pageSize >= 1 &&
    pageSize <= MAX_PAGE_SIZE
  ) {
    return pageSize
  }
  throw new HarborageError(
    'invalid_record',
    `options.pageSize must be a whole number from 1 to ${MAX_PAGE_SIZE}`,
  )
}
