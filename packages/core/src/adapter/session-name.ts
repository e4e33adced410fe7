import { HarborageError } from '../harborage-error.ts'
import type { Identity, UserOwner } from '../identity.ts'
import { MAX_NAME_BYTES } from '../kit/argument-checks.ts'
import { digestOf } from './escaped-names.ts'

/** Begins the name of a session whose id cannot be a name. */
const HASHED = '%'

/**
 * Returns the name of a session: its id if that can be a name, else a digest of it. Different ids
 * have different names.
 *
 * @param sessionId The id that the framework has for it, any text.
 */
export function sessionNameOf(sessionId: string): string {
  const isName =
    !sessionId.startsWith(HASHED) &&
    !sessionId.includes('\0') &&
    sessionId.isWellFormed() &&
    (sessionId.length * 3 <= MAX_NAME_BYTES || Buffer.byteLength(sessionId) <= MAX_NAME_BYTES)
  return isName ? sessionId : HASHED + digestOf(sessionId)
}

/** Returns a session of a user, by the id that the framework has for it. */
export function sessionOf(user: UserOwner, sessionId: string): Identity {
  const { tenantId, userId } = user
  return { tenantId, userId, sessionId: sessionNameOf(sessionId) }
}

/**
 * Checks the id of a session.
 *
 * @throws `identity_required` if it is missing or empty; `invalid_identity` if it is no text.
 */
export function checkSessionId(sessionId: unknown): string {
  if (sessionId === undefined || sessionId === null || sessionId === '') {
    throw new HarborageError('identity_required', 'sessionId is missing or empty: pass a text')
  }
  if (typeof sessionId === 'string') return sessionId
  throw new HarborageError(
    'invalid_identity',
    `sessionId is of type ${typeof sessionId}: pass a text`,
  )
}
