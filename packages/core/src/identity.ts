import { HarborageError, isHarborageError } from './harborage-error.ts'
import { checkName, describeType, KnownNames, MAX_NAME_BYTES } from './kit/argument-checks.ts'

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
 * Rejects unknown names: a misspelled `runID` would be ignored, and the call would address the
 * session.
 */
export function checkIdentityNames(identity: object, names: KnownNames): void {
  try {
    names.check(identity)
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
export function checkPart(identity: unknown, part: string, isRequired: boolean): string {
  if (typeof identity !== 'object' || identity === null) throw noIdentity(identity)
  let value: unknown
  try {
    value = Reflect.get(identity, part)
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
