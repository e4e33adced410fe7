import { abortReason, isAborted } from './abort-signal.ts'
import { MAX_PAGE_BYTES } from '../call-options.ts'
import { turnIfHeld } from './event-loop-turn.ts'

/** The pages of a walk over many records. */
export interface PageWalk<Item extends NonNullable<unknown>, Place> {
  /** The most items of a page. */
  readonly pageSize: number
  /**
   * The most items of a page once the pages before it showed that items are small. Each is at most
   * twice as large as the one before. Default: no more than `pageSize`.
   */
  readonly growsTo?: number | undefined
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
export function walkPages<Item extends NonNullable<unknown>, Place>(
  walk: PageWalk<Item, Place>,
): AsyncIterable<Item> {
  return { [Symbol.asyncIterator]: () => new PagedItems(walk) }
}

/**
 * Yields the items of a walk as an async generator would, in less time: an item of a page that was
 * fetched is one resolved promise.
 */
class PagedItems<Item extends NonNullable<unknown>, Place> implements AsyncIterableIterator<Item> {
  readonly #walk: PageWalk<Item, Place>
  #after: Place | undefined
  #left: number
  #size: number
  #page: readonly Item[] = []
  /** The index in the page of the next item. */
  #next = 0
  #isLastPage = false
  #hasBegun = false
  /** Settles after the last of the calls that have to wait, if there are any. */
  #waiting: Promise<void> | undefined

  constructor(walk: PageWalk<Item, Place>) {
    this.#walk = walk
    this.#left = walk.total ?? Number.POSITIVE_INFINITY
    this.#size = walk.pageSize
  }

  next(): Promise<IteratorResult<Item, undefined>> {
    if (this.#waiting === undefined && this.#interruption() === undefined) {
      const item = this.#page[this.#next]
      if (item !== undefined) return Promise.resolve(this.#take(item))
    }
    return this.#inOrder(() => this.#advance())
  }

  return(): Promise<IteratorResult<Item, undefined>> {
    return this.#inOrder(async () => this.#end())
  }

  throw(error?: unknown): Promise<IteratorResult<Item, undefined>> {
    return this.#inOrder(async () => {
      this.#end()
      throw error
    })
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  /** Lets calls that overlap go one after the other, as those of a generator do. */
  #inOrder<Result>(call: () => Promise<Result>): Promise<Result> {
    const result = this.#waiting === undefined ? call() : this.#waiting.then(call)
    const ended = (): void => {
      if (this.#waiting === waiting) this.#waiting = undefined
    }
    const waiting = result.then(ended, ended)
    this.#waiting = waiting
    return result
  }

  async #advance(): Promise<IteratorResult<Item, undefined>> {
    try {
      const aborted = this.#interruption()
      if (aborted !== undefined) throw abortReason(aborted)
      while (this.#next === this.#page.length) {
        if (this.#isLastPage || this.#left <= 0) return this.#end()
        await this.#turnPage()
      }
      const item = this.#page[this.#next]
      return item === undefined ? this.#end() : this.#take(item)
    } catch (error) {
      this.#end()
      throw error
    }
  }

  async #turnPage(): Promise<void> {
    const { maxBytes = MAX_PAGE_BYTES, fetchPage, placeOf, bytesOf } = this.#walk
    const turn = turnIfHeld()
    if (turn !== undefined) await turn
    const limit = Math.min(this.#size, this.#left)
    const page = await fetchPage(this.#after, limit)
    this.#left -= page.length
    const last = page.at(-1)
    if (last !== undefined) this.#after = placeOf(last)
    // Checked before the caller gets the items and may change them.
    this.#isLastPage = page.length < limit && !holds(page, maxBytes, bytesOf)
    this.#size = this.#sizeAfter(page)
    this.#page = page
    this.#next = 0
  }

  /** Returns the size of the next page: larger ones are faster, if none of its items is large. */
  #sizeAfter(page: readonly Item[]): number {
    const { pageSize, growsTo = pageSize, maxBytes = MAX_PAGE_BYTES, bytesOf } = this.#walk
    if (growsTo <= pageSize) return pageSize
    const larger = Math.min(this.#size * 2, growsTo)
    return page.every((item) => bytesOf(item) * larger <= maxBytes) ? larger : pageSize
  }

  /** Returns the signal if it was aborted after an item. A fetch checks it by itself. */
  #interruption(): AbortSignal | undefined {
    const { signal } = this.#walk
    return signal !== undefined && this.#hasBegun && isAborted(signal) ? signal : undefined
  }

  #take(item: Item): IteratorYieldResult<Item> {
    this.#next += 1
    this.#hasBegun = true
    const { handOut } = this.#walk
    return { value: handOut === undefined ? item : handOut(item), done: false }
  }

  #end(): IteratorReturnResult<undefined> {
    this.#page = []
    this.#next = 0
    this.#isLastPage = true
    this.#hasBegun = false
    return { value: undefined, done: true }
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
