import { hash } from 'node:crypto'

const HEX_DIGITS = 12

/** Returns a generator of random numbers from 0 to 1, which are the same for the same seed. */
export function seededRandom(seed: number): () => number {
  let drawn = 0
  return () => {
    drawn += 1
    const digits = hash('sha256', `${seed}/${drawn}`).slice(0, HEX_DIGITS)
    return Number.parseInt(digits, 16) / 16 ** HEX_DIGITS
  }
}
