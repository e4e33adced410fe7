/** Set by `pnpm test:full`. */
export const isFullRun: boolean = process.env['HARBORAGE_TEST_FULL'] === '1'

/**
 * Returns how much of the same work a test does: enough to find a fault within minutes in `pnpm
 * test`, and as much as is useful in `pnpm test:full`. Both make every check.
 */
export function measure(amount: { readonly quick: number; readonly full: number }): number {
  return isFullRun ? amount.full : amount.quick
}

/**
 * The `callMs` of a conformance suite that other files run on the same driver with all of its
 * callers: its cases have fewer of them in `pnpm test`, and lists that are not as long.
 */
export const CALL_MS_OF_VARIANT: number = measure({ quick: 8, full: 1 })
