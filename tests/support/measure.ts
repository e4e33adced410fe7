/** Set by `pnpm test:full`. */
const isFull = process.env['HARBORAGE_TEST_FULL'] === '1'

/**
 * How much of the same a test does: what finds a fault within minutes in `pnpm test`, and as much as was ever thought
 * useful in `pnpm test:full`. Both make every check.
 */
export function measure(amount: { readonly quick: number; readonly full: number }): number {
  return isFull ? amount.full : amount.quick
}
