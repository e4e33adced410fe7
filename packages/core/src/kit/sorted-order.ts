/**
 * The number of removed entries that are always tolerated. Above it, they are dropped once they
 * outnumber the others.
 */
const MAX_REMOVED = 1_000

/** The rules by which a {@link SortedOrder} sorts and identifies items. */
export interface OrderRules<Item> {
  readonly compare: (left: Item, right: Item) => number
  /** Returns a string that is unique to the item. */
  readonly idOf: (item: Item) => string
}

/** An item in its place, where it stays for a while after it was removed. */
interface Entry<Item> {
  readonly item: Item
  isRemoved: boolean
}

/**
 * A set of items that can be walked in order. It sorts when a walk begins, and not when items are
 * added or removed. Removed items are skipped, and dropped once they are many: so a walk during
 * which every item is removed costs no more than one that removes none.
 */
export class SortedOrder<Item> {
  readonly #rules: OrderRules<Item>
  /** In order, except for those added since the last walk. */
  #entries: Entry<Item>[] = []
  readonly #byId = new Map<string, Entry<Item>>()
  #isInOrder = true
  #removed = 0

  constructor(rules: OrderRules<Item>) {
    this.#rules = rules
  }

  /** Adds an item, unless it is there. */
  add(item: Item): void {
    const id = this.#rules.idOf(item)
    const known = this.#byId.get(id)
    if (known !== undefined) {
      if (known.isRemoved) this.#removed -= 1
      known.isRemoved = false
      return
    }
    const entry = { item, isRemoved: false }
    this.#byId.set(id, entry)
    this.#entries.push(entry)
    this.#isInOrder = false
  }

  /** Removes an item, if it is there. */
  remove(item: Item): void {
    const entry = this.#byId.get(this.#rules.idOf(item))
    if (entry === undefined || entry.isRemoved) return
    entry.isRemoved = true
    this.#removed += 1
    if (this.#removed > MAX_REMOVED && this.#removed * 2 > this.#entries.length) this.#dropRemoved()
  }

  /** Removes all items. */
  clear(): void {
    this.#entries = []
    this.#byId.clear()
    this.#removed = 0
  }

  /**
   * Yields the items from the first one for which the condition holds. It has to hold for all later
   * ones.
   */
  *from(isFarEnough: (item: Item) => boolean): Iterable<Item> {
    const entries = this.#inOrder()
    for (let place = firstOf(entries, isFarEnough); place < entries.length; place += 1) {
      const entry = entries[place]
      if (entry !== undefined && !entry.isRemoved) yield entry.item
    }
  }

  /**
   * Yields the items in reverse order, from the last one for which the condition does not hold. It
   * has to hold for all later ones.
   */
  *backFrom(isTooFar: (item: Item) => boolean): Iterable<Item> {
    const entries = this.#inOrder()
    for (let place = firstOf(entries, isTooFar) - 1; place >= 0; place -= 1) {
      const entry = entries[place]
      if (entry !== undefined && !entry.isRemoved) yield entry.item
    }
  }

  #inOrder(): readonly Entry<Item>[] {
    if (!this.#isInOrder) {
      this.#entries.sort((left, right) => this.#rules.compare(left.item, right.item))
    }
    this.#isInOrder = true
    return this.#entries
  }

  #dropRemoved(): void {
    for (const { item, isRemoved } of this.#entries) {
      if (isRemoved) this.#byId.delete(this.#rules.idOf(item))
    }
    this.#entries = this.#entries.filter(({ isRemoved }) => !isRemoved)
    this.#removed = 0
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
