/** A walk of a list of files or folders. */
type Walk<Item> = AsyncGenerator<Item, void>

/**
 * Keeps walks between two pages by the last object that they returned, for as long as that object
 * is referenced. A page after that object continues the walk, which has already read the names of
 * its folders.
 */
export class UnfinishedWalks<Page extends { readonly after: object | undefined }, Item> {
  readonly #isSameList: (left: Page, right: Page) => boolean
  readonly #walks = new WeakMap<object, { readonly page: Page; readonly walk: Walk<Item> }>()

  /** @param isSameList Returns whether two pages are of one list. */
  constructor(isSameList: (left: Page, right: Page) => boolean) {
    this.#isSameList = isSameList
  }

  /** Keeps a walk by its last object. */
  keep(last: object, page: Page, walk: Walk<Item>): void {
    this.#walks.set(last, { page, walk })
  }

  /** Removes and returns the walk at whose place the page begins, if there is one. */
  take(page: Page): Walk<Item> | undefined {
    if (page.after === undefined) return undefined
    const kept = this.#walks.get(page.after)
    this.#walks.delete(page.after)
    return kept !== undefined && this.#isSameList(kept.page, page) ? kept.walk : undefined
  }
}

/** Returns the next items of a walk. */
export async function take<Item>(walk: Walk<Item>, count: number): Promise<Item[]> {
  const items: Item[] = []
  while (items.length < count) {
    const next = await walk.next()
    if (next.done === true) break
    items.push(next.value)
  }
  return items
}
