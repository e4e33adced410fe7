import { HarborageError, isHarborageError } from './harborage-error.ts'
import {
  checkName,
  describeType,
  isShortName,
  KnownNames,
  MAX_NAME_BYTES,
} from './kit/argument-checks.ts'
import { readProperty } from './kit/object-of-names.ts'

/**
 * The owner of the data that a call reads or writes: the isolation boundary of every store.
 *
 * Each part has 1 to 256 UTF-8 bytes of well-formed Unicode without NUL. Nothing is trimmed,
 * case-folded or normalized: two identities are equal only if their bytes are.
 */
export interface Identity {
  /** The tenant, such as a customer of the application. */
  readonly tenantId: string
  /** The user within the tenant. */
  readonly userId: string
  /** The session of the user, such as a conversation. */
  readonly sessionId: string
}

/** An {@link Identity} that may be narrowed to one run of the session. */
export interface RunIdentity extends Identity {
  /** The run. Default: `''`, the session itself. */
  readonly runId?: string
}

declare const ownerLevel: unique symbol

/**
 * The owner of what belongs to a user and to no session, such as preferences. Make one with
 * {@link userOwner}: an object of the same form is not one.
 */
export interface UserOwner extends Required<RunIdentity> {
  readonly sessionId: ''
  readonly runId: ''
  /** Never set: it only distinguishes the type. */
  readonly [ownerLevel]: 'user'
}

/**
 * The owner of what belongs to a tenant and to no user, such as settings. Make one with
 * {@link tenantOwner}: an object of the same form is not one.
 */
export interface TenantOwner extends Required<RunIdentity> {
  readonly userId: ''
  readonly sessionId: ''
  readonly runId: ''
  /** Never set: it only distinguishes the type. */
  readonly [ownerLevel]: 'tenant'
}

/**
 * The owner of a slot: a run, a session, a user or a tenant. What belongs to one owner is reached
 * through no other: a user's slot through none of the sessions, and the other way round.
 */
export type Owner = RunIdentity | UserOwner | TenantOwner

// The registered symbol is the same in every installed copy of this package. It cannot be in JSON,
// so no input of a stranger is an owner. Code in the process could copy it.
const brand = Symbol.for('harborage.owner')

const userNames = new KnownNames('the user', ['tenantId', 'userId'], 'invalid_identity')
const tenantNames = new KnownNames('the tenant', ['tenantId'], 'invalid_identity')
/** The parts that are `''` in the owner of a user or a tenant. A store has runs or tasks. */
const narrowParts = ['sessionId', 'runId', 'taskId'] as const
const ownerNames = new KnownNames(
  'the owner',
  ['tenantId', 'userId', ...narrowParts],
  'invalid_identity',
)

const parts = ['tenantId', 'userId', 'sessionId'] as const
const identityNames = new KnownNames('the identity', parts, 'invalid_identity')
const runNames = new KnownNames('the identity', [...parts, 'runId'], 'invalid_identity')

/**
 * Checks an identity and returns a frozen copy, which later changes of the argument do not affect.
 *
 * @param names The allowed names of its parts. Default: the three of {@link Identity}.
 * @throws `identity_required` if a part is missing or empty, `invalid_identity` if one is malformed
 * or unknown.
 */
export function checkIdentity(
  identity: Identity,
  names: KnownNames = identityNames,
): Readonly<Identity> {
  const checked = {
    tenantId: checkPart(identity, 'tenantId', true),
    userId: checkPart(identity, 'userId', true),
    sessionId: checkPart(identity, 'sessionId', true),
  }
  checkIdentityNames(identity, names)
  return Object.freeze(checked)
}

/**
 * Checks a {@link RunIdentity} and returns a frozen copy. An absent `runId` becomes `''`.
 *
 * @throws `identity_required` if a part is missing or empty, `invalid_identity` if one is malformed
 * or unknown.
 */
export function checkRunIdentity(identity: RunIdentity): Required<RunIdentity> {
  return plainRun(identity) ?? checkedRun(identity)
}

function checkedRun(identity: RunIdentity): Required<RunIdentity> {
  const checked = {
    tenantId: checkPart(identity, 'tenantId', true),
    userId: checkPart(identity, 'userId', true),
    sessionId: checkPart(identity, 'sessionId', true),
    runId: checkPart(identity, 'runId', false),
  }
  checkIdentityNames(identity, runNames)
  return Object.freeze(checked)
}

/**
 * Returns a frozen copy of a plain object with sound, short parts and no others, as most callers
 * pass, in a third of the time of the full check. Returns `undefined` for anything else: the full
 * check says what is wrong with it, if anything is.
 */
function plainRun(
  identity: RunIdentity & { readonly [brand]?: unknown },
): Required<RunIdentity> | undefined {
  try {
    if (
      Object.getPrototypeOf(identity) !== Object.prototype ||
      identity[brand] !== undefined ||
      isAnyPartInherited()
    ) {
      return undefined
    }
    const { tenantId, userId, sessionId, runId = '' } = identity
    for (const name in identity) {
      if (name !== 'tenantId' && name !== 'userId' && name !== 'sessionId' && name !== 'runId') {
        return undefined
      }
    }
    const isSound =
      isShortName(tenantId) &&
      isShortName(userId) &&
      isShortName(sessionId) &&
      (runId === '' || isShortName(runId))
    return isSound ? Object.freeze({ tenantId, userId, sessionId, runId }) : undefined
  } catch {
    return undefined
  }
}

/** Returns whether a library or an attacker added a part to every object. */
function isAnyPartInherited(): boolean {
  const every = Object.prototype
  return 'tenantId' in every || 'userId' in every || 'sessionId' in every || 'runId' in every
}

/**
 * Rejects unknown names: a misspelled `runID` would be ignored, and the call would address the
 * session.
 */
function checkIdentityNames(identity: object, names: KnownNames): void {
  try {
    names.checkUnknown(identity)
  } catch (cause) {
    if (isHarborageError(cause)) throw cause
    throw new HarborageError(
      'invalid_identity',
      'the identity cannot be read: pass a plain object',
      { cause },
    )
  }
}

/**
 * Checks an optional part of an identity and returns it, or `''` if it is absent.
 *
 * @throws `invalid_identity` if it is malformed; `identity_required` if the identity is not an
 *   object.
 */
export function checkOptionalPart(identity: Identity, part: string): string {
  return checkPart(identity, part, false)
}

/**
 * Reads a part once and checks it. A getter may throw, or return another value the second time.
 *
 * @throws `identity_required` if the part is required and missing or empty; `invalid_identity` if
 * it is malformed.
 */
function checkPart(identity: unknown, part: string, isRequired: boolean): string {
  if (typeof identity !== 'object' || identity === null) throw noIdentity(identity)
  let value: unknown
  try {
    value = part in Object.prototype ? readProperty(identity, part) : Reflect.get(identity, part)
  } catch (cause) {
    throw new HarborageError(
      'invalid_identity',
      `identity.${part} cannot be read: pass a plain object`,
      { cause },
    )
  }
  if (value === undefined && !isRequired) return ''
  if (isRequired && (value === undefined || value === null || value === '')) {
    throw new HarborageError(
      'identity_required',
      `identity.${part} is missing or empty: pass a string of 1 to ${MAX_NAME_BYTES} UTF-8 bytes`,
    )
  }
  return checkName(`identity.${part}`, value, 'invalid_identity')
}

function noIdentity(given: unknown): HarborageError {
  if (given === undefined || given === null) {
    return new HarborageError(
      'identity_required',
      'the identity is missing: pass { tenantId, userId, sessionId } with three non-empty strings',
    )
  }
  return new HarborageError(
    'invalid_identity',
    `the identity is ${describeType(given)}: pass an object { tenantId, userId, sessionId }`,
  )
}

/**
 * Returns the owner of what belongs to a user and to no session.
 *
 * The result is frozen. It is recognized by every installed copy of this package, and not after it
 * was copied by JSON or by spreading: make it again instead.
 *
 * @throws `identity_required` if a part is missing or empty; `invalid_identity` if one is malformed
 * or there is another, such as a `sessionId`.
 *
 * @example
 * ```ts
 * import { newEventId, userOwner } from '@harborage/core'
 * import { openStateStore } from '@harborage/state'
 *
 * await using state = await openStateStore()
 * const ann = userOwner({ tenantId: 'acme', userId: 'ann' })
 * const bytes = new TextEncoder().encode('dark')
 * await state.save({ eventId: newEventId(), identity: ann, kind: 'preferences.theme', bytes })
 * ```
 */
export function userOwner(user: Pick<Identity, 'tenantId' | 'userId'>): UserOwner {
  const { tenantId, userId } = checkUser(user)
  return branded({ tenantId, userId, sessionId: '', runId: '' }, 'user') as UserOwner
}

/**
 * Returns the owner of what belongs to a tenant and to no user. It is frozen and recognized as the
 * result of {@link userOwner} is.
 *
 * @throws `identity_required` if the tenant is missing or empty; `invalid_identity` if it is
 * malformed or there is another part, such as a `userId`.
 */
export function tenantOwner(tenant: Pick<Identity, 'tenantId'>): TenantOwner {
  const { tenantId } = checkTenant(tenant)
  return branded({ tenantId, userId: '', sessionId: '', runId: '' }, 'tenant') as TenantOwner
}

/**
 * Checks any owner and returns a frozen copy of all four parts. The parts that a wide owner lacks
 * are `''`, which is the name of no session and no user.
 *
 * @throws `identity_required` if a part is missing or empty, `invalid_identity` if one is malformed
 * or unknown.
 */
export function checkOwner(owner: Owner): Required<RunIdentity> {
  return plainRun(owner) ?? checkWideOwner(owner) ?? checkedRun(owner)
}

/**
 * Checks the owner of a user or a tenant, and returns a frozen copy of it. Returns `undefined` for
 * anything else, such as an identity.
 *
 * @throws `identity_required` if a part is missing or empty, `invalid_identity` if one is malformed
 * or unknown.
 */
export function checkWideOwner(owner: object): Required<RunIdentity> | undefined {
  const level = levelOf(owner)
  if (level === undefined) return undefined
  const tenantId = checkPart(owner, 'tenantId', true)
  const userId = checkPart(owner, 'userId', level === 'user')
  const narrower = narrowParts.map((part) => checkPart(owner, part, false))
  checkIdentityNames(owner, ownerNames)
  if (narrower.some((part) => part !== '') || (level === 'tenant' && userId !== '')) {
    throw new HarborageError(
      'invalid_identity',
      `the owner is that of a ${level} and has a narrower part: pass the result of ${level}Owner() as it is`,
    )
  }
  return branded({ tenantId, userId, sessionId: '', runId: '' }, level)
}

/**
 * Returns the owner with the parts of a stored record, so that every method accepts it: the parts
 * as they are, or a frozen copy that is the owner of a user or a tenant if there is no session.
 */
export function ownerAt<Parts extends Identity>(stored: Parts): Parts {
  if (stored.sessionId !== '') return stored
  return branded({ ...stored }, stored.userId === '' ? 'tenant' : 'user')
}

/** Checks a user, which may be the owner made of it. */
export function checkUser(
  user: Pick<Identity, 'tenantId' | 'userId'>,
): Pick<Identity, 'tenantId' | 'userId'> {
  const tenantId = checkPart(user, 'tenantId', true)
  const userId = checkPart(user, 'userId', true)
  checkIdentityNames(user, levelOf(user) === 'user' ? ownerNames : userNames)
  return { tenantId, userId }
}

/** Checks a tenant, which may be the owner made of it. */
export function checkTenant(tenant: Pick<Identity, 'tenantId'>): Pick<Identity, 'tenantId'> {
  const tenantId = checkPart(tenant, 'tenantId', true)
  checkIdentityNames(tenant, levelOf(tenant) === 'tenant' ? ownerNames : tenantNames)
  return { tenantId }
}

function branded<Parts extends Identity>(parts: Parts, level: 'user' | 'tenant'): Parts {
  return Object.freeze(Object.defineProperty(parts, brand, { value: level }))
}

function levelOf(owner: unknown): 'user' | 'tenant' | undefined {
  if (typeof owner !== 'object' || owner === null) return undefined
  try {
    if (!Object.hasOwn(owner, brand)) return undefined
    const level: unknown = Reflect.get(owner, brand)
    return level === 'user' || level === 'tenant' ? level : undefined
  } catch {
    // The check of the parts says what is wrong with the object.
    return undefined
  }
}
