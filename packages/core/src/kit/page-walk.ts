import { abortReason, isAborted } from './abort-signal.ts'
import { MAX_PAGE_BYTES } from '../call-options.ts'
import { turnIfHeld } from './event-loop-turn.ts'

/** How a walk over many records goes on. */
export interface PageWalk<Item, Place> {
  /** The most items of a page. */
  readonly pageSize: number
  /** How many bytes a page may hold before its last item. Default: 8 MiB. */
  readonly maxBytes?: number
  /** Ends the walk with its reason before the next item. */
  readonly signal?: AbortSignal | undefined
  /**
   * Fetches up to `pageSize` items that come after the given place, or the first ones. It may stop as soon as they hold
   * `maxBytes`; if they hold less, a page that is shorter than `pageSize` is the last one.
   */
  readonly fetchPage: (after: Place | undefined) => Promise<readonly Item[]>
  /** Where an item is; nothing that the caller could change in what is handed out. */
  readonly placeOf: (item: Item) => Place
  /** How many bytes an item counts for, by the same rule as in `fetchPage`. */
  readonly bytesOf: (item: Item) => number
  /** What the caller gets of an item. Default: the item itself. */
  readonly handOut?: (item: Item) => Item
}

/**
 * Walks many records page by page, holding one page at a time and nothing open in between. Between two pages timers and
 * signals have their turn, also where the pages are there at once.
 */
export function walkPages<Item, Place>({
  pageSize,
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
      for (;;) {
        const turn = turnIfHeld()
        if (turn !== undefined) await turn
        const page = await fetchPage(after)
        const last = page.at(-1)
        if (last !== undefined) after = placeOf(last)
        // Asked before the items are the caller's, to be changed.
        const isLast = page.length < pageSize && !holds(page, maxBytes, bytesOf)
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
