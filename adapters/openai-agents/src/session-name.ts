import { createHash } from 'node:crypto'
import { HarborageError } from '@harborage/core'

/** The largest size of a session's name. */
const MAX_SESSION_BYTES = 256
/** Begins the name of a session whose id cannot be a name. */
const HASHED = '%'

/** Returns the name of a session: its id if that can be a name, else a digest of it. */
export function sessionNameOf(sessionId: string): string {
  const isName =
    !sessionId.startsWith(HASHED) &&
    !sessionId.includes('\0') &&
    sessionId.isWellFormed() &&
    Buffer.byteLength(sessionId) <= MAX_SESSION_BYTES
  if (isName) return sessionId
  return HASHED + createHash('sha256').update(sessionId, 'utf16le').digest('base64url')
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
