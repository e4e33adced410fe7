/**
 * The codes of errors, open by declaration merging: a store adds its own with
 * `declare module '@harborage/core' { interface HarborageErrorCodes { 'my_code': true } }`.
 */
export interface HarborageErrorCodes {
  /** A part of the identity is missing or empty. Nothing was read or written. */
  readonly identity_required: true
  /**
   * A part of the identity is malformed: not a string, too long, ill-formed Unicode or with a NUL.
   * Nothing was read or written.
   */
  readonly invalid_identity: true
  /** An argument other than the identity is malformed; the message names the field and what is right. */
  readonly invalid_record: true
  /** Thrown by the `OrThrow` methods where there is nothing under the given identity. */
  readonly not_found: true
  /** The event id was already used within the tenant for other content or another slot. Nothing was changed. */
  readonly idempotency_conflict: true
  /** The slot does not hold the expected generation. Nothing was changed: load it again and decide anew. */
  readonly condition_failed: true
  /** The call crosses identities and was made without `{ maintenanceScoped: true }`. */
  readonly maintenance_scope_required: true
  /** No driver of that name or DSN scheme is registered; the message lists those that are. */
  readonly unknown_driver: true
  /** An option is missing, malformed or contradicts another. Nothing was opened. */
  readonly invalid_config: true
  /** A migration failed and was rolled back as a whole. */
  readonly migration_failed: true
  /** The database lacks migrations that this version needs, and `migrate: 'verify'` forbids to apply them. */
  readonly schema_outdated: true
  /** The database was migrated by a newer version of the package. */
  readonly schema_too_new: true
  /** The store or its database was closed before the call. */
  readonly store_closed: true
  /** The database could not be reached or could not do the work; nothing of the call was applied. Retryable. */
  readonly store_unavailable: true
  /**
   * The answer to a write was lost and asking again failed too: it is applied as a whole or not at all.
   * Retryable: repeat the call, with the same event id, to find out.
   */
  readonly outcome_unknown: true
}

/** A code that an error of Harborage can carry. The codes are stable: branch on them, not on messages. */
export type ErrorCode = keyof HarborageErrorCodes

const RETRYABLE: ReadonlySet<ErrorCode> = new Set(['store_unavailable', 'outcome_unknown'])

/** What may be given with the message of an error. */
export interface HarborageErrorOptions {
  /** The error of the driver underneath, if there is one. It is never part of the message. */
  readonly cause?: unknown
  /**
   * Whether the same call may succeed later without a change. Default: `true` for `store_unavailable` and
   * `outcome_unknown`, else `false`.
   */
  readonly retryable?: boolean
}

// The registered symbol is the same in every installed copy of this package; `instanceof` is not.
const mark = Symbol.for('harborage.error')

/**
 * The error that Harborage throws: its `code` tells what went wrong.
 *
 * The message says what to do next and never holds a payload, a password or another identity's values.
 * Use {@link isHarborageError} to recognise one.
 */
export class HarborageError<Code extends ErrorCode = ErrorCode> extends Error {
  /** What went wrong. */
  readonly code: Code
  /**
   * `true` where the same call, unchanged, may succeed later. With the same event ids, or the same `turnId` of a turn, it
   * applies nothing twice.
   */
  readonly retryable: boolean

  constructor(code: Code, message: string, options: HarborageErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.name = 'HarborageError'
    this.code = code
    this.retryable = options.retryable ?? RETRYABLE.has(code)
    Object.defineProperty(this, mark, { value: true })
  }
}

/**
 * Tells whether a caught value is an error of Harborage, and of one code if a code is given.
 *
 * It looks at the code and not at the class, so it also works where two copies of a package are installed. Whatever
 * was caught, asking never throws.
 *
 * @example
 * ```ts
 * import { isHarborageError, newEventId } from '@harborage/core'
 * import { openStateStore } from '@harborage/state'
 *
 * await using state = await openStateStore()
 * try {
 *   await state.loadByEventIdOrThrow({ tenantId: 'acme', userId: 'ann', sessionId: 's1' }, newEventId())
 * } catch (error) {
 *   if (!isHarborageError(error, 'not_found')) throw error
 * }
 * ```
 */
export function isHarborageError<Code extends ErrorCode = ErrorCode>(
  error: unknown,
  code?: Code,
): error is HarborageError<Code> {
  try {
    return (
      typeof error === 'object' &&
      error !== null &&
      mark in error &&
      'code' in error &&
      (code === undefined || error.code === code)
    )
  } catch {
    // Only a proxy can refuse to be looked at, and no error of Harborage is one.
    return false
  }
}
