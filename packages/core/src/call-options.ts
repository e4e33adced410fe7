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
   * MiB, so a walk keeps at most that and one more record in memory. Default: 100; a store may then
   * fetch more at a time while the records are small.
   */
  readonly pageSize?: number
}

/** The order of a walk: of names, by their UTF-8 bytes. */
export type ListOrder = 'ascending' | 'descending'

/** Options of the calls that list the records of one owner. */
export interface ListOptions extends PageOptions {
  /** The order of the records. Default: `'ascending'`. */
  readonly order?: ListOrder
  /**
   * The largest number of records of the whole walk: a whole number of at least 0. No more than
   * that are read. Default: no limit.
   */
  readonly limit?: number
}

/** The default number of records in a page. */
export const DEFAULT_PAGE_SIZE = 100

/** The largest number of records in a page. */
export const MAX_PAGE_SIZE = 1000

/** The size at which a page ends: 8 MiB. Only its last record may exceed it. */
export const MAX_PAGE_BYTES: number = 8 * 1024 * 1024

/** The option names of {@link PageOptions}. */
export const pageOptionNames: KnownNames = new KnownNames('options', ['signal', 'pageSize'])

/** The option names of {@link ListOptions}. */
export const listOptionNames = ['signal', 'pageSize', 'order', 'limit'] as const

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

/**
 * Returns the order of a walk.
 *
 * @throws `invalid_record` if it is neither `'ascending'` nor `'descending'`.
 */
export function checkOrder(options: ListOptions | undefined): ListOrder {
  const order: unknown = options?.order
  if (order === undefined || order === 'ascending') return 'ascending'
  if (order === 'descending') return 'descending'
  throw new HarborageError(
    'invalid_record',
    "options.order must be 'ascending' or 'descending': leave it out for 'ascending'",
  )
}

/**
 * Returns the largest number of records of a walk, or `undefined` if there is no limit.
 *
 * @throws `invalid_record` if it is not a whole number of at least 0.
 */
export function checkLimit(options: ListOptions | undefined): number | undefined {
  const limit: unknown = options?.limit
  if (limit === undefined) return undefined
  if (typeof limit === 'number' && Number.isSafeInteger(limit) && limit >= 0) return limit
  throw new HarborageError(
    'invalid_record',
    'options.limit must be a whole number of at least 0: leave it out for no limit',
  )
}
