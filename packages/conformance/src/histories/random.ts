/** Returns a generator of integers below a limit. The same seed generates the same numbers. */
export function randomBelow(seed: number): (limit: number) => number {
  let state = seed >>> 0
  return (limit) => {
    // The generator mulberry32.
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit)
  }
}
