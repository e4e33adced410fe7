import { setImmediate as nextRound } from 'node:timers/promises'

/** How much text is read or written before others get their turn of the event loop: a few milliseconds of work. */
const SLICE_CHARACTERS = 512 * 1024

/** How many items, however short. */
const SLICE_ITEMS = 1_000

/** Counts work, so that a long piece of it is done in slices. */
export class Slices {
  #characters = 0
  #items = 0

  /** Whether a slice is full. */
  add(characters: number): boolean {
    this.#characters += characters
    this.#items += 1
    return this.#characters > SLICE_CHARACTERS || this.#items > SLICE_ITEMS
  }

  /** Lets others have their turn. */
  async rest(): Promise<void> {
    this.#characters = 0
    this.#items = 0
    await nextRound()
  }
}
