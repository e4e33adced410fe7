import { randomSource } from './random-source.ts'

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

  /** Returns an item by its weight. */
  byWeight<Item>(items: readonly (readonly [weight: number, item: Item])[]): Item {
    const heavy = items.flatMap(([weight, item]) => Array.from({ length: weight }, () => item))
    return this.of(heavy)
  }
}
