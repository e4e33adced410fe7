import { HarborageError } from '../harborage-error.ts'
import { checkRunIdentity, tenantOwner, userOwner, type RunIdentity } from '../identity.ts'

/**
 * Checks the parts of an owner as they are stored, of which those that it lacks are `''`, and
 * returns a frozen copy that every method accepts, as `ownerAt` does.
 *
 * @throws `identity_required` if a part is missing; `invalid_identity` if one is malformed or
 * unknown, or there is a narrower one than an empty one.
 */
export function checkStoredOwner(stored: Required<RunIdentity>): Required<RunIdentity> {
  const given: unknown = stored
  const isWide =
    typeof given === 'object' && given !== null && 'sessionId' in given && given.sessionId === ''
  if (!isWide) return checkRunIdentity(stored)
  const { tenantId, userId, sessionId: _, runId, ...others } = stored
  if (runId !== '' || Object.keys(others).length > 0) {
    throw new HarborageError(
      'invalid_identity',
      "an identity without a session has only a tenantId and a userId: pass '' as its runId",
    )
  }
  return userId === '' ? tenantOwner({ tenantId }) : userOwner({ tenantId, userId })
}
