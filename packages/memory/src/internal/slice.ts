import { setImmediate as nextRound } from 'node:timers/promises'

/** The size of a slice, in characters: a few milliseconds of work. */
const SLICE_CHARACTERS = 512 * 1024

/** The largest number of items in a slice. */
const SLICE_ITEMS = 1_000

/** Divides long work into slices, between which other work gets its turn of the event loop. */
export class Slices {
  #characters = 0
  #items = 0

  /** Counts an item, and returns whether the slice is full. */
  add(characters: number): boolean {
    this.#characters += characters
    this.#items += 1
    return this.#characters > SLICE_CHARACTERS || this.#items > SLICE_ITEMS
  }

  /** Ends the slice: waits until other work has had its turn. */
  async rest(): Promise<void> {
    this.#characters = 0
    this.#items = 0
    await nextRound()
  }
}
