import { types } from 'node:util'
import { HarborageError, userOwner, type Identity, type UserOwner } from '@harborage/core'
import { sessionNameOf } from './session-name.ts'

/** A user of a tenant: the result of `userOwner`, or an object with the same two parts. */
export type User = Pick<Identity, 'tenantId' | 'userId'>

/**
 * Whose session it is: a user, or a function that returns the user of the current request, for
 * example from an AsyncLocalStorage. The function has to be synchronous. It is called once in each
 * call, at its beginning.
 */
export type UserOption = User | (() => User)

/**
 * Returns a function that returns the user of the current call.
 *
 * @throws `identity_required` if the owner or a part of it is missing; `invalid_identity` if a part
 * is malformed, or there is another. If the option is a function, the returned function throws
 * them, and what the option itself throws.
 */
export function bindUser(option: UserOption): () => UserOwner {
  if (typeof option === 'function') return () => userOwner(present(option()))
  const checked = userOwner(present(option))
  return () => checked
}

/** Returns a session of a user. */
export function sessionOf({ tenantId, userId }: UserOwner, sessionId: string): Identity {
  return { tenantId, userId, sessionId: sessionNameOf(sessionId) }
}

function present(owner: User): User {
  const given: unknown = owner
  if (typeof given === 'object' && given !== null && !types.isPromise(given)) return owner
  throw new HarborageError(
    'identity_required',
    types.isPromise(given)
      ? 'owner returned a promise: it has to return the owner of the current call at once'
      : 'owner is missing: pass { tenantId, userId }, or a function that returns the owner of the current call',
  )
}
