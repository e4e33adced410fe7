/**
 * The error codes, extensible by declaration merging. A store adds its own with
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
  /**
   * An argument other than the identity is malformed; the message names the field and what is
   * right.
   */
  readonly invalid_record: true
  /** There is nothing under the given identity. Only the `OrThrow` methods throw it. */
  readonly not_found: true
  /**
   * The event id was already used within the tenant for other content or another slot. Nothing was
   * changed.
   */
  readonly idempotency_conflict: true
  /**
   * The slot does not hold the expected generation. Nothing was changed: load it and decide again.
   */
  readonly condition_failed: true
  /** The call crosses identities and lacks `{ maintenanceScoped: true }`. */
  readonly maintenance_scope_required: true
  /** The call is about a subtree and was given something else, such as an identity. */
  readonly subtree_required: true
  /**
   * No driver is registered under that name or DSN scheme. The message lists the registered ones.
   */
  readonly unknown_driver: true
  /** An option is missing, malformed or contradicts another. Nothing was opened. */
  readonly invalid_config: true
  /** A migration failed and was rolled back as a whole. */
  readonly migration_failed: true
  /**
   * The database lacks migrations that this version needs, and `migrate: 'verify'` forbids applying
   * them.
   */
  readonly schema_outdated: true
  /** The database was migrated by a newer version of the package. */
  readonly schema_too_new: true
  /** The store or its database was closed before the call. */
  readonly store_closed: true
  /**
   * The database could not be reached or could not do the work; nothing of the call was applied.
   * `retryable` is `true` if the failure may end by itself. If it is `false`, as for a damaged
   * file, a missing right or an unknown error, someone has to act first.
   */
  readonly store_unavailable: true
  /**
   * A write may have been applied, as a whole or not at all: its answer was lost, or the disk
   * failed during it. Either asking again failed as well, or nothing that is stored can show what
   * happened, as for a deletion. `retryable` is `true`, which holds for calls that carry their
   * own id: a save, a commit with saves, a turn with a `turnId`, a put, a delete with
   * `ifEventId`. Repeated, such a call applies nothing twice. Any other call does its work again:
   * look at what is stored first.
   */
  readonly outcome_unknown: true
  /**
   * The parts of a step are not of one database, or the driver of a store takes no part in steps.
   * Nothing was applied.
   */
  readonly database_mismatch: true
  /** The parts of a step hold more than 16 MiB in all. Nothing was applied. */
  readonly step_too_large: true
  /**
   * The database refused a statement of `appRows`. Its error is the cause. Nothing of the step was
   * applied.
   */
  readonly app_rows_failed: true
  /**
   * The place of a record of a dump is in use for something else. Records before it may have been
   * loaded.
   */
  readonly dump_conflict: true
  /**
   * A driver or an engine threw an error that is not a HarborageError, which is the cause. Whether
   * a write was applied is unknown.
   */
  readonly driver_failed: true
}

/** The code of a {@link HarborageError}. Codes are stable: branch on them, not on messages. */
export type ErrorCode = keyof HarborageErrorCodes

/** The codes whose errors are retryable unless they are made with `retryable: false`. */
const RETRYABLE: ReadonlySet<ErrorCode> = new Set(['store_unavailable', 'outcome_unknown'])

/** Options of the constructor of {@link HarborageError}. */
export interface HarborageErrorOptions {
  /** The error of the underlying driver, if there is one. It is never part of the message. */
  readonly cause?: unknown
  /**
   * Whether the same call may succeed later, unchanged. Default: `true` for `store_unavailable` and
   * `outcome_unknown`, else `false`.
   */
  readonly retryable?: boolean
  /** The entry of a list argument that the error is about. Default: none. */
  readonly entry?: ErrorEntry
  /** The name of the part of a step that the error is about. Default: none. */
  readonly part?: string
}

/** An entry of a list that was passed to a call, such as a save of a commit. */
export interface ErrorEntry {
  /** The name of the list, such as `save`. */
  readonly list: string
  /** The index of the entry in the list. */
  readonly index: number
}

// The registered symbol is the same in every installed copy of this package; `instanceof` is not.
const mark = Symbol.for('harborage.error')

/**
 * The error that every call of Harborage throws or rejects with. Only what is the caller's own
 * passes through: the reason of an AbortSignal, and what the `change` of a typed slot throws.
 *
 * Branch on its `code`. Its message says what to do next and never contains a payload, a password
 * or another identity's values. Use {@link isHarborageError} instead of `instanceof`.
 */
export class HarborageError<Code extends ErrorCode = ErrorCode> extends Error {
  /** What went wrong. */
  readonly code: Code
  /**
   * Whether the same call may succeed later, unchanged. A call that carries its own ids, the event
   * ids of saves or the `turnId` of a turn, applies nothing twice when it is repeated. After
   * `outcome_unknown`, do not repeat a deletion in a general retry loop: it would also remove what
   * others saved in between.
   */
  readonly retryable: boolean
  /**
   * The entry that the error is about, if the call got a list of them. If several entries are
   * wrong, it is the one that was found first.
   */
  declare readonly entry?: ErrorEntry
  /**
   * The name of the part that the error is about, if the call was `commitTogether`. If several
   * parts are wrong, it is the one that was found first.
   */
  declare readonly part?: string

  /**
   * @param code What went wrong.
   * @param message What to do next, without secrets or content.
   */
  constructor(code: Code, message: string, options: HarborageErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.name = 'HarborageError'
    this.code = code
    this.retryable = options.retryable ?? RETRYABLE.has(code)
    if (options.entry !== undefined) this.entry = options.entry
    if (options.part !== undefined) this.part = options.part
    Object.defineProperty(this, mark, { value: true })
  }
}

/**
 * Returns whether a caught value is a {@link HarborageError}, and has the given code if there is
 * one.
 *
 * It also recognizes the errors of another installed copy of this package, and never throws.
 *
 * @example
 * ```ts
 * import { isHarborageError, newEventId } from '@harborage/core'
 * import { openStateStore } from '@harborage/state'
 *
 * await using state = await openStateStore()
 * try {
 *   const session = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
 *   await state.loadByEventIdOrThrow(session, newEventId())
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
    // Only a proxy throws here, and no HarborageError is one.
    return false
  }
}
