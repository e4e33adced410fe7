import type { Identity } from '../identity.ts'

/** The columns that identify a session in the tables of every store. */
export interface SessionColumns {
  readonly tenant_id: string
  readonly user_id: string
  readonly session_id: string
}

/** The names of {@link SessionColumns}, in the order of the keys that begin with them. */
export const sessionColumnNames = ['tenant_id', 'user_id', 'session_id'] as const

/** Returns the session columns of an identity. */
export function sessionColumns({ tenantId, userId, sessionId }: Identity): SessionColumns {
  return { tenant_id: tenantId, user_id: userId, session_id: sessionId }
}

/**
 * Returns the session columns of a row, or of the placeholders of a statement, which cannot be
 * spread.
 */
export function sessionOf({ tenant_id, user_id, session_id }: SessionColumns): SessionColumns {
  return { tenant_id, user_id, session_id }
}
