/** From so many items on, the array is copied once half of it is taken. */
const LONG = 1024

/** A queue that takes and returns items in constant time, and keeps none that were taken alive. */
export class Fifo<Item extends object> {
  #items: (Item | undefined)[] = []
  #taken = 0
  #added = 0

  get length(): number {
    return this.#items.length - this.#taken
  }

  /** How many items were ever added. */
  get added(): number {
    return this.#added
  }

  push(item: Item): void {
    this.#items.push(item)
    this.#added += 1
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
    if (this.#taken === this.#items.length) this.#drop()
    else if (this.#taken >= LONG && this.#taken * 2 > this.#items.length) this.#drop()
    return item
  }

  #drop(): void {
    this.#items = this.#items.slice(this.#taken)
    this.#taken = 0
  }
}
