/** How many items may be gone before they are taken out, beside as many as are left. */
const MAX_GONE = 1_000

/** What a {@link SortedOrder} has to know of its items. */
export interface OrderRules<Item> {
  readonly compare: (left: Item, right: Item) => number
  /** A text that two items share only if they are the same. */
  readonly idOf: (item: Item) => string
}

/** An item in its place, which it keeps for a while after it has gone. */
interface Entry<Item> {
  readonly item: Item
  isGone: boolean
}

/**
 * Keeps items for walks in their order. They are sorted when a walk begins and not when they come and go; what was in
 * order before is not sorted again. A walk passes over items that have gone, and they are taken out once they are many,
 * so that a walk during which all items are removed costs no more than one that removes none.
 */
export class SortedOrder<Item> {
  readonly #rules: OrderRules<Item>
  /** In order, but for those that came since. */
  #entries: Entry<Item>[] = []
  readonly #byId = new Map<string, Entry<Item>>()
  #isInOrder = true
  #gone = 0

  constructor(rules: OrderRules<Item>) {
    this.#rules = rules
  }

  /** Adds an item that is not there. */
  add(item: Item): void {
    const id = this.#rules.idOf(item)
    const known = this.#byId.get(id)
    if (known !== undefined) {
      if (known.isGone) this.#gone -= 1
      known.isGone = false
      return
    }
    const entry = { item, isGone: false }
    this.#byId.set(id, entry)
    this.#entries.push(entry)
    this.#isInOrder = false
  }

  /** Removes an item that is there. */
  remove(item: Item): void {
    const entry = this.#byId.get(this.#rules.idOf(item))
    if (entry === undefined || entry.isGone) return
    entry.isGone = true
    this.#gone += 1
    if (this.#gone > MAX_GONE && this.#gone * 2 > this.#entries.length) this.#takeOut()
  }

  /** Removes every item. */
  clear(): void {
    this.#entries = []
    this.#byId.clear()
    this.#gone = 0
  }

  /** Walks the items from the first one that is far enough; all behind it are. */
  *from(isFarEnough: (item: Item) => boolean): Iterable<Item> {
    const entries = this.#inOrder()
    for (let place = firstOf(entries, isFarEnough); place < entries.length; place += 1) {
      const entry = entries[place]
      if (entry !== undefined && !entry.isGone) yield entry.item
    }
  }

  #inOrder(): readonly Entry<Item>[] {
    if (!this.#isInOrder) {
      this.#entries.sort((left, right) => this.#rules.compare(left.item, right.item))
    }
    this.#isInOrder = true
    return this.#entries
  }

  #takeOut(): void {
    for (const { item, isGone } of this.#entries) {
      if (isGone) this.#byId.delete(this.#rules.idOf(item))
    }
    this.#entries = this.#entries.filter(({ isGone }) => !isGone)
    this.#gone = 0
  }
}

function firstOf<Item>(
  entries: readonly Entry<Item>[],
  isFarEnough: (item: Item) => boolean,
): number {
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const entry = entries[middle]
    if (entry === undefined || isFarEnough(entry.item)) high = middle
    else low = middle + 1
  }
  return low
}
