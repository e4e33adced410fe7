/** The array length from which on it is copied once half of its items are taken. */
const LONG = 1024

/** A queue with constant-time operations that holds no references to taken items. */
export class Fifo<Item extends object> {
  /** The number of items. */
  length = 0
  /** The number of items ever added. */
  added = 0
  #items: (Item | undefined)[] = []
  #taken = 0

  /** Adds an item. */
  push(item: Item): void {
    this.#items.push(item)
    this.length += 1
    this.added += 1
  }

  /** Returns the oldest item without removing it. */
  peek(): Item | undefined {
    return this.#items[this.#taken]
  }

  /** Removes and returns the oldest item. */
  shift(): Item | undefined {
    const item = this.#items[this.#taken]
    if (item === undefined) return undefined
    this.#items[this.#taken] = undefined
    this.#taken += 1
    this.length -= 1
    if (this.#taken === this.#items.length) this.#drop()
    else if (this.#taken >= LONG && this.#taken * 2 > this.#items.length) this.#drop()
    return item
  }

  #drop(): void {
    this.#items = this.#items.slice(this.#taken)
    this.#taken = 0
  }
}
