import { hash } from 'node:crypto'

const HEX_DIGITS = 12

/** Random numbers from 0 up to 1, the same ones for the same seed. */
export function seededRandom(seed: number): () => number {
  let drawn = 0
  return () => {
    drawn += 1
    const digits = hash('sha256', `${seed}/${drawn}`).slice(0, HEX_DIGITS)
    return Number.parseInt(digits, 16) / 16 ** HEX_DIGITS
  }
}
