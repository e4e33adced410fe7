import { inspect, isDeepStrictEqual } from 'node:util'

import { isHarborageError } from '@harborage/core'
import { randomSource } from '@harborage/test-kit/random-source'

/** A call of a store, and what it has to answer. */
export interface FuzzedCall {
  readonly name: string
  /** Makes the call, and resolves to its answer in a form that can be compared. */
  readonly call: () => Promise<unknown>
  /** The answer that follows from all that was stored; an error is its code. */
  readonly expected: unknown
}

/**
 * A store that is fuzzed: it makes up calls of owners with similar names, and knows from what was
 * stored what each has to answer.
 */
export interface FuzzedStore extends AsyncDisposable {
  readonly nextCall: (choice: Choice) => FuzzedCall
}

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

/**
 * Makes calls until one gets another answer than it has to. Resolves to a description of that call,
 * or to `undefined`.
 */
export async function firstWrongAnswer(
  store: FuzzedStore,
  { calls, seed }: { readonly calls: number; readonly seed: number },
): Promise<string | undefined> {
  const choice = new Choice(seed)
  for (let made = 1; made <= calls; made += 1) {
    const { name, call, expected } = store.nextCall(choice)
    const answer = await answerTo(call)
    if (isDeepStrictEqual(answer, expected)) continue
    return `${name}, call ${made} of seed ${seed}: ${inspect(answer)} instead of ${inspect(expected)}`
  }
  return undefined
}

async function answerTo(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return await call()
  } catch (error) {
    if (!isHarborageError(error)) throw error
    // Of a failed statement, also why: one that does not run shows nothing about its conditions.
    return error.code === 'store_unavailable' ? `${error.code}: ${inspect(error)}` : error.code
  }
}
