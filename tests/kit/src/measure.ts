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

/**
 * The `callMs` of a suite on Postgres, where a call takes several times as long as in
 * memory: its cases have a third of the callers in `pnpm test`, and lists that are as long.
 */
export const CALL_MS_OF_SERVER: number = measure({ quick: 3, full: 1 })

/** One of the equal shares into which a list is divided. */
export interface Share {
  /** The number of shares. */
  readonly of: number
  /** The number of this one, from 0. */
  readonly part: number
}

/**
 * Returns a fixed share of a list in `pnpm test`, and all of it in the full run: for the same work
 * on one more configuration, where each item is tried elsewhere in full. A share has at least one
 * item of a list that has any.
 */
export function shareOf<Item>(items: readonly Item[], { of, part }: Share): readonly Item[] {
  if (isFullRun) return items
  const first = part % Math.min(of, items.length)
  return items.filter((_, index) => index % of === first)
}
