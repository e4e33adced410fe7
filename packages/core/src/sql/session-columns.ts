import type { Identity } from '../identity.ts'

/** The columns that name a session, in the tables of every store. */
export interface SessionColumns {
  readonly tenant_id: string
  readonly user_id: string
  readonly session_id: string
}

/** The values of the columns for an identity. */
export function sessionColumns({ tenantId, userId, sessionId }: Identity): SessionColumns {
  return { tenant_id: tenantId, user_id: userId, session_id: sessionId }
}

/** Just the columns of a session, of a row or of a statement's stand-ins, which have no columns to copy. */
export function sessionOf({ tenant_id, user_id, session_id }: SessionColumns): SessionColumns {
  return { tenant_id, user_id, session_id }
}
