/**
 * Compares two strings by their UTF-8 bytes, as `COLLATE "C"` and SQLite's BINARY do. JavaScript
 * compares UTF-16 code units, which gives another order.
 *
 * @returns A negative number if `left` comes before `right`, a positive one if after, else 0.
 */
export function compareNames(left: string, right: string): number {
  if (left === right) return 0
  const shared = Math.min(left.length, right.length)
  for (let place = 0; place < shared; place += 1) {
    const order = rankOf(left.charCodeAt(place)) - rankOf(right.charCodeAt(place))
    if (order !== 0) return Math.sign(order)
  }
  return Math.sign(left.length - right.length)
}

/**
 * Returns the rank of a code unit. Surrogates sort last in UTF-8, but before U+E000 to U+FFFF in
 * UTF-16.
 */
function rankOf(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}
