import { HarborageError, userOwner, type Identity, type UserOwner } from '@harborage/core'
import { sessionNameOf } from '@harborage/core/adapter'
import type { Tenant } from '@harborage/core/adapter'

/** A user of an application, as ADK names them. */
export interface AdkUser {
  /** The name of the application. */
  readonly appName: string
  /** The id of the user. */
  readonly userId: string
}

/** A session, as ADK names it. */
export interface AdkSession extends AdkUser {
  /** The id of the session. */
  readonly sessionId: string
}

/**
 * Returns the identity of a session of ADK in the stores of Harborage, for example to erase all of
 * it. The user is ADK's user; the session is the name of the application, a `/`, and the id of the
 * session. A name that the stores do not take, such as one of more than 256 bytes, is a digest.
 *
 * @throws `identity_required` if a part is missing or empty; `invalid_identity` if it is no text.
 *
 * @example
 * ```ts
 * import { sessionIdentity } from '@harborage/adk'
 *
 * const session = { appName: 'shop', userId: 'ann', sessionId: 's1' }
 * sessionIdentity({ tenantId: 'acme' }, session).sessionId // 'shop/s1'
 * ```
 */
export function sessionIdentity(tenant: Tenant, session: AdkSession): Identity {
  const { appName, sessionId } = session
  const name = `${appPath(checkText('appName', appName))}${checkText('sessionId', sessionId)}`
  const { tenantId, userId } = userIdentity(tenant, session)
  return { tenantId, userId, sessionId: sessionNameOf(name) }
}

/**
 * Returns the owner of what belongs to a user of ADK in the stores of Harborage: the same one for
 * all applications.
 *
 * @throws `identity_required` if a part is missing or empty; `invalid_identity` if it is no text.
 */
export function userIdentity({ tenantId }: Tenant, { userId }: Pick<AdkUser, 'userId'>): UserOwner {
  return userOwner({ tenantId, userId: sessionNameOf(checkText('userId', userId)) })
}

/**
 * Returns what a name begins with that is of an application: its name and a `/`, which no name of
 * an application has after it was escaped.
 */
export function appPath(appName: string): string {
  const escaped = checkText('appName', appName).replaceAll('%', '%25').replaceAll('/', '%2F')
  return `${sessionNameOf(escaped)}/`
}

function checkText(part: string, value: unknown): string {
  if (value === undefined || value === null || value === '') {
    throw new HarborageError('identity_required', `${part} is missing or empty: pass a text`)
  }
  if (typeof value === 'string') return value
  throw new HarborageError('invalid_identity', `${part} is of type ${typeof value}: pass a text`)
}
