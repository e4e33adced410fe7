import { randomSource } from '@harborage/test-kit/random-source'

/** Random choices that are the same for the same seed. */
export class Choice {
  readonly #random: () => number

  constructor(seed: number) {
    this.#random = randomSource(seed)
  }

  /** Returns a whole number from 0 to one less than `count`. */
  below(count: number): number {
    return Math.floor(this.#random() * count)
  }

  /** Returns one of the items. */
  of<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)]
    if (item === undefined) throw new Error('there is nothing to choose from')
    return item
  }

  /** Returns one of the items, or `undefined` if there are none. */
  maybe<Item>(items: readonly Item[]): Item | undefined {
    return items[this.below(items.length)]
  }
}
