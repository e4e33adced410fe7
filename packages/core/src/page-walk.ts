import { abortReason, isAborted } from './abort-signal.ts'

/** How a walk over many records goes on. */
export interface PageWalk<Item, Place> {
  readonly pageSize: number
  /** Ends the walk with its reason before the next item. */
  readonly signal?: AbortSignal | undefined
  /** Fetches up to `pageSize` items that come after the given place, or the first ones. */
  readonly fetchPage: (after: Place | undefined) => Promise<readonly Item[]>
  /** Where an item is; nothing that the caller could change in what is handed out. */
  readonly placeOf: (item: Item) => Place
  /** What the caller gets of an item. Default: the item itself. */
  readonly handOut?: (item: Item) => Item
}

/** Walks many records page by page, holding one page at a time and nothing open in between. */
export function walkPages<Item, Place>({
  pageSize,
  signal,
  fetchPage,
  placeOf,
  handOut = (item) => item,
}: PageWalk<Item, Place>): AsyncIterable<Item> {
  return {
    async *[Symbol.asyncIterator]() {
      let after: Place | undefined
      for (;;) {
        const page = await fetchPage(after)
        const last = page.at(-1)
        if (last !== undefined) after = placeOf(last)
        for (const item of page) {
          yield handOut(item)
          if (signal !== undefined && isAborted(signal)) throw abortReason(signal)
        }
        if (page.length < pageSize) return
      }
    },
  }
}
