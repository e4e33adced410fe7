import { abortReason, isAborted } from './abort-signal.ts'
import { MAX_PAGE_BYTES } from '../call-options.ts'
import { turnIfHeld } from './event-loop-turn.ts'

/** The pages of a walk over many records. */
export interface PageWalk<Item, Place> {
  /** The most items of a page. */
  readonly pageSize: number
  /** The most items of all pages together. Default: no limit. */
  readonly total?: number | undefined
  /** The number of bytes at which a page ends. Default: 8 MiB. */
  readonly maxBytes?: number
  /** Once aborted, ends the walk with its reason before the next item. */
  readonly signal?: AbortSignal | undefined
  /**
   * Fetches up to `limit` items after the given place, or the first ones. It may stop as soon as
   * they hold `maxBytes`. A page of fewer items that hold less than that is the last one.
   *
   * @param limit The page size, or what is left of `total` if that is less.
   */
  readonly fetchPage: (after: Place | undefined, limit: number) => Promise<readonly Item[]>
  /** Returns the place of an item. It must not depend on anything that the caller can change. */
  readonly placeOf: (item: Item) => Place
  /** Returns the bytes of an item, by the same rule as `fetchPage`. */
  readonly bytesOf: (item: Item) => number
  /** Returns what the caller gets for an item. Default: the item itself. */
  readonly handOut?: (item: Item) => Item
}

/**
 * Returns an iterable that fetches many records page by page. It holds one page at a time, and
 * nothing is open between pages. Timers and signals can run between two pages even if no page has
 * to be waited for.
 */
export function walkPages<Item, Place>({
  pageSize,
  total = Number.POSITIVE_INFINITY,
  maxBytes = MAX_PAGE_BYTES,
  signal,
  fetchPage,
  placeOf,
  bytesOf,
  handOut = (item) => item,
}: PageWalk<Item, Place>): AsyncIterable<Item> {
  return {
    async *[Symbol.asyncIterator]() {
      let after: Place | undefined
      let left = total
      while (left > 0) {
        const turn = turnIfHeld()
        if (turn !== undefined) await turn
        const limit = Math.min(pageSize, left)
        const page = await fetchPage(after, limit)
        left -= page.length
        const last = page.at(-1)
        if (last !== undefined) after = placeOf(last)
        // Checked before the caller gets the items and may change them.
        const isLast = page.length < limit && !holds(page, maxBytes, bytesOf)
        for (const item of page) {
          yield handOut(item)
          if (signal !== undefined && isAborted(signal)) throw abortReason(signal)
        }
        if (isLast) return
      }
    },
  }
}

function holds<Item>(
  page: readonly Item[],
  bytes: number,
  bytesOf: (item: Item) => number,
): boolean {
  let held = 0
  return page.some((item) => (held += bytesOf(item)) >= bytes)
}
