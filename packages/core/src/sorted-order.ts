/** How many items may be gone before they are taken out, beside as many as are left. */
const MAX_GONE = 1_000

/** What a {@link SortedOrder} has to know of its items. */
export interface OrderRules<Item> {
  readonly compare: (left: Item, right: Item) => number
  /** A text that two items share only if they are the same. */
  readonly idOf: (item: Item) => string
}

/**
 * Keeps items for walks in their order. They are sorted when a walk begins and not when they come and go; what was in
 * order before is not sorted again.
 */
export class SortedOrder<Item> {
  readonly #rules: OrderRules<Item>
  /** In order, but for those that came since. */
  #items: Item[] = []
  #isInOrder = true
  /** Those among the items that went since, by their ids. */
  readonly #gone = new Set<string>()

  constructor(rules: OrderRules<Item>) {
    this.#rules = rules
  }

  /** Adds an item that is not there. */
  add(item: Item): void {
    if (this.#gone.delete(this.#rules.idOf(item))) return
    this.#items.push(item)
    this.#isInOrder = false
  }

  /** Removes an item that is there. */
  remove(item: Item): void {
    this.#gone.add(this.#rules.idOf(item))
    if (this.#gone.size > MAX_GONE && this.#gone.size * 2 > this.#items.length) this.#takeOut()
  }

  clear(): void {
    this.#items = []
    this.#gone.clear()
  }

  /** Walks the items from the first one that is far enough; all behind it are. */
  *from(isFarEnough: (item: Item) => boolean): Iterable<Item> {
    const items = this.#inOrder()
    for (let place = firstOf(items, isFarEnough); place < items.length; place += 1) {
      const item = items[place]
      if (item !== undefined) yield item
    }
  }

  #inOrder(): readonly Item[] {
    if (this.#gone.size > 0) this.#takeOut()
    if (!this.#isInOrder) this.#items.sort(this.#rules.compare)
    this.#isInOrder = true
    return this.#items
  }

  #takeOut(): void {
    this.#items = this.#items.filter((item) => !this.#gone.has(this.#rules.idOf(item)))
    this.#gone.clear()
  }
}

function firstOf<Item>(items: readonly Item[], isFarEnough: (item: Item) => boolean): number {
  let low = 0
  let high = items.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const item = items[middle]
    if (item === undefined || isFarEnough(item)) high = middle
    else low = middle + 1
  }
  return low
}
