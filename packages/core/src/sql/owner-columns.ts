import type { RunIdentity } from '../identity.ts'
import type { SessionColumns } from './session-columns.ts'

/** The columns of an owner in the tables of a store with runs. */
export interface OwnerColumns extends SessionColumns {
  readonly run_id: string
}

/** Returns the columns of an owner or of the root of a subtree. Parts that it lacks are `''`. */
export function ownerColumns(owner: Required<RunIdentity>): OwnerColumns {
  const { tenantId, userId, sessionId, runId } = owner
  return { tenant_id: tenantId, user_id: userId, session_id: sessionId, run_id: runId }
}

/** Returns the parameters of a statement that begins after a place: `after_` and the columns. */
export function placeAfter(columns: object): object {
  return named('after', columns)
}

/** Returns the parameters of a statement that ends with a place: `to_` and the columns. */
export function placeUpTo(columns: object): object {
  return named('to', columns)
}

function named(prefix: string, columns: object): object {
  return Object.fromEntries(
    Object.entries(columns).map(([column, value]) => [`${prefix}_${column}`, value]),
  )
}
