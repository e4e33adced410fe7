import type { RunIdentity } from '@harborage/core'
import { sessionColumns } from '@harborage/core/sql'
import type { SlotColumns } from './row-columns.ts'

/** The columns of the owner of a slot. */
export type OwnerColumns = Omit<SlotColumns, 'kind'>

/** Returns the columns of an owner or a subtree. Parts that it lacks are `''`. */
export function ownerColumns(owner: Required<RunIdentity>): OwnerColumns {
  return { ...sessionColumns(owner), run_id: owner.runId }
}

/** Returns the parameters of a statement that begins after a place. */
export function placeAfter(columns: OwnerColumns & Partial<SlotColumns>): object {
  return named('after', columns)
}

/** Returns the parameters of a statement that ends with a place. */
export function placeUpTo(columns: SlotColumns): object {
  return named('to', columns)
}

function named(prefix: string, columns: object): object {
  return Object.fromEntries(
    Object.entries(columns).map(([column, value]) => [`${prefix}_${column}`, value]),
  )
}
