import { HarborageError } from './harborage-error.ts'
import { KnownNames } from './kit/argument-checks.ts'

/** Options that every call of every store accepts. */
export interface CallOptions {
  /**
   * Cancels the call. If the signal is already aborted, the call rejects with its reason and
   * changes nothing. If it is aborted later, the call rejects at once, and a write in progress is
   * applied as a whole or not at all. A walk ends before its next record. Default: the call cannot
   * be canceled.
   */
  readonly signal?: AbortSignal
}

/** Options of the calls that return an async iterable of records. */
export interface PageOptions extends CallOptions {
  /**
   * The number of records fetched at a time, 1 to 1,000. A page ends early once its records hold 8
   * MiB, so a walk keeps at most that and one more record in memory. Default: 100.
   */
  readonly pageSize?: number
}

/** The default number of records in a page. */
export const DEFAULT_PAGE_SIZE = 100

/** The largest number of records in a page. */
export const MAX_PAGE_SIZE = 1000

/** The size at which a page ends: 8 MiB. Only its last record may exceed it. */
export const MAX_PAGE_BYTES: number = 8 * 1024 * 1024

/** The option names of {@link PageOptions}. */
export const pageOptionNames: KnownNames = new KnownNames('options', ['signal', 'pageSize'])

/**
 * Returns the page size of a walk, or the default if there is none.
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
