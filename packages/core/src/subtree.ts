import { HarborageError } from './harborage-error.ts'
import {
  checkIdentity,
  checkRunIdentity,
  checkTenant,
  checkUser,
  type Identity,
  type RunIdentity,
} from './identity.ts'

/** How much a {@link Subtree} holds. */
export type SubtreeLevel = 'run' | 'session' | 'user' | 'tenant'

declare const isSubtree: unique symbol

/**
 * All that belongs to a run, a session, a user or a tenant and to the narrower owners below it: the
 * explicit claim of a call that is wider than one owner. Make one with {@link allOfRun},
 * {@link allOfSession}, {@link allOfUser} or {@link allOfTenant}: an object of the same form is not
 * one.
 */
export type Subtree<Level extends SubtreeLevel = SubtreeLevel> = {
  readonly [Each in Level]: SubtreeOf<Each>
}[Level]

/** A {@link Subtree} of one level. */
export interface SubtreeOf<Level extends SubtreeLevel> {
  /** How much it holds. */
  readonly level: Level
  readonly tenantId: string
  /** `''` if it holds a whole tenant. */
  readonly userId: string
  /** `''` if it holds a whole user or tenant. */
  readonly sessionId: string
  /** `''` unless it holds one run. */
  readonly runId: string
  /** Never set: it only distinguishes the type. */
  readonly [isSubtree]: true
}

// As that of an owner: the same in every installed copy, and in no JSON.
const brand = Symbol.for('harborage.subtree')

/**
 * Returns the subtree of one run.
 *
 * @throws `identity_required` if a part is missing or empty, the `runId` included: without it, the
 * call would be about the session. `invalid_identity` if a part is malformed or unknown.
 */
export function allOfRun(identity: Required<RunIdentity>): SubtreeOf<'run'> {
  const run = checkRunIdentity(identity)
  if (run.runId === '') {
    throw new HarborageError(
      'identity_required',
      'identity.runId is missing or empty: pass that of one run, or call allOfSession() if the whole session is meant',
    )
  }
  return branded('run', run)
}

/**
 * Returns the subtree of a session: what belongs to the session itself and to each of its runs.
 *
 * @throws `identity_required` if a part is missing or empty; `invalid_identity` if a part is
 * malformed, or there is another, such as a `runId`.
 */
export function allOfSession(
  identity: Identity & { readonly runId?: never },
): SubtreeOf<'session'> {
  return branded('session', { ...checkIdentity(identity), runId: '' })
}

/**
 * Returns the subtree of a user: what belongs to the user and to each of the user's sessions.
 *
 * @param user A user, or the result of `userOwner`.
 * @throws `identity_required` if a part is missing or empty; `invalid_identity` if a part is
 * malformed, or there is another, such as a `sessionId`.
 */
export function allOfUser(user: Pick<Identity, 'tenantId' | 'userId'>): SubtreeOf<'user'> {
  return branded('user', { ...checkUser(user), sessionId: '', runId: '' })
}

/**
 * Returns the subtree of a tenant: what belongs to the tenant and to each of its users.
 *
 * @param tenant A tenant, or the result of `tenantOwner`.
 * @throws `identity_required` if the tenant is missing or empty; `invalid_identity` if it is
 * malformed, or there is another part, such as a `userId`.
 */
export function allOfTenant(tenant: Pick<Identity, 'tenantId'>): SubtreeOf<'tenant'> {
  return branded('tenant', { ...checkTenant(tenant), userId: '', sessionId: '', runId: '' })
}

const makers: {
  readonly [Level in SubtreeLevel]: (parts: Required<RunIdentity>) => SubtreeOf<Level>
} = {
  run: allOfRun,
  session: ({ tenantId, userId, sessionId }) => allOfSession({ tenantId, userId, sessionId }),
  user: ({ tenantId, userId }) => allOfUser({ tenantId, userId }),
  tenant: ({ tenantId }) => allOfTenant({ tenantId }),
}

const allLevels = Object.keys(makers)

/**
 * Checks that an argument is a subtree, of any installed copy of this package, and returns a frozen
 * copy.
 *
 * @param levels The levels that the call takes. Default: all.
 * @throws `subtree_required` if it is something else, such as an identity, or of another level;
 * `identity_required` and `invalid_identity` as the function that made it.
 */
export function checkSubtree<Level extends SubtreeLevel>(
  subtree: Subtree<Level>,
  levels: readonly string[] = allLevels,
): Subtree<Level> {
  if (!isBranded(subtree) || !levels.includes(subtree.level)) {
    const functions = levels.map(
      (level) => `allOf${level.charAt(0).toUpperCase()}${level.slice(1)}()`,
    )
    throw new HarborageError(
      'subtree_required',
      `this call is about a subtree: pass the result of ${functions.join(' or ')}`,
    )
  }
  const { level, tenantId, userId, sessionId, runId } = subtree
  return makers[level]({ tenantId, userId, sessionId, runId })
}

function branded<Level extends SubtreeLevel>(
  level: Level,
  { tenantId, userId, sessionId, runId }: Required<RunIdentity>,
): SubtreeOf<Level> {
  const subtree = { level, tenantId, userId, sessionId, runId }
  return Object.freeze(Object.defineProperty(subtree, brand, { value: true })) as SubtreeOf<Level>
}

function isBranded(subtree: unknown): boolean {
  try {
    return typeof subtree === 'object' && subtree !== null && Object.hasOwn(subtree, brand)
  } catch {
    return false
  }
}
