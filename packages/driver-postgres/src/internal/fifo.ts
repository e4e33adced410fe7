/** From so many items on, the array is copied once half of it is taken. */
const LONG = 1024

/** A queue that takes and returns items in constant time, and keeps none that were taken alive. */
export class Fifo<Item extends object> {
  /** How many items it holds. */
  length = 0
  /** How many items were ever added. */
  added = 0
  #items: (Item | undefined)[] = []
  #taken = 0

  push(item: Item): void {
    this.#items.push(item)
    this.length += 1
    this.added += 1
  }

  /** Returns the oldest item and leaves it where it is. */
  peek(): Item | undefined {
    return this.#items[this.#taken]
  }

  /** Takes the oldest item. */
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
