/** Every code that an error of Harborage can carry. The codes are stable: branch on them, not on messages. */
export type ErrorCode =
  | 'identity_required'
  | 'invalid_identity'
  | 'invalid_record'
  | 'not_found'
  | 'idempotency_conflict'
  | 'condition_failed'
  | 'maintenance_scope_required'
  | 'scope_mismatch'
  | 'artifact_too_large'
  | 'artifact_corrupt'
  | 'strategy_not_implemented'
  | 'strategy_mismatch'
  | 'invalid_snapshot'
  | 'invalid_health_transition'
  | 'unknown_driver'
  | 'invalid_config'
  | 'migration_failed'
  | 'schema_outdated'
  | 'schema_too_new'
  | 'store_closed'
  | 'store_unavailable'
  | 'outcome_unknown'

/** What may be given with the message of an error. */
export interface HarborageErrorOptions {
  /** The error of the driver underneath, if there is one. It is never part of the message. */
  readonly cause?: unknown
  /** Whether the same call may succeed later without a change. Each code has its default. */
  readonly retryable?: boolean
}

// The registered symbol is the same in every installed copy of this package; `instanceof` is not.
const mark = Symbol.for('harborage.error')

/**
 * The base of every error that Harborage throws.
 *
 * The message says what to do next and never holds a payload, a password or another identity's values.
 * Use {@link isHarborageError} to recognise one.
 */
export class HarborageError<Code extends ErrorCode = ErrorCode> extends Error {
  /** What went wrong, from a closed set. */
  readonly code: Code
  /**
   * `true` where the same call, unchanged, may succeed later. With the same event ids, or the same `turnId` of a turn, it
   * applies nothing twice.
   */
  readonly retryable: boolean

  constructor(code: Code, message: string, options: HarborageErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.name = new.target.name
    this.code = code
    this.retryable = options.retryable ?? false
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
