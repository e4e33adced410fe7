import { HarborageError, type HarborageErrorOptions } from './harborage-error.ts'

/** A part of the identity is missing or empty. Nothing was read or written. */
export class IdentityRequiredError extends HarborageError<'identity_required'> {
  constructor(message: string, options?: HarborageErrorOptions) {
    super('identity_required', message, options)
  }
}

/**
 * A part of the identity is malformed: not a string, too long, ill-formed Unicode or with a NUL. Nothing was read
 * or written.
 */
export class InvalidIdentityError extends HarborageError<'invalid_identity'> {
  constructor(message: string, options?: HarborageErrorOptions) {
    super('invalid_identity', message, options)
  }
}

/** An argument other than the identity is malformed; the message names the field and what would be right. */
export class InvalidRecordError extends HarborageError<'invalid_record'> {
  constructor(message: string, options?: HarborageErrorOptions) {
    super('invalid_record', message, options)
  }
}

/** Thrown by the `OrThrow` methods where there is nothing under the given identity. */
export class NotFoundError extends HarborageError<'not_found'> {
  constructor(message: string, options?: HarborageErrorOptions) {
    super('not_found', message, options)
  }
}

/** The event id was already used within the tenant for other content or another slot. Nothing was changed. */
export class IdempotencyConflictError extends HarborageError<'idempotency_conflict'> {
  constructor(message: string, options?: HarborageErrorOptions) {
    super('idempotency_conflict', message, options)
  }
}

/** The slot does not hold the expected generation. Nothing was changed: load it again and decide anew. */
export class ConditionFailedError extends HarborageError<'condition_failed'> {
  constructor(message: string, options?: HarborageErrorOptions) {
    super('condition_failed', message, options)
  }
}

/** The call crosses identities and was made without `{ maintenanceScoped: true }`. */
export class MaintenanceScopeRequiredError extends HarborageError<'maintenance_scope_required'> {
  constructor(message: string, options?: HarborageErrorOptions) {
    super('maintenance_scope_required', message, options)
  }
}

/** A reference of one scope was handed to a view of another. */
export class ScopeMismatchError extends HarborageError<'scope_mismatch'> {
  constructor(message: string, options?: HarborageErrorOptions) {
    super('scope_mismatch', message, options)
  }
}

/** The artifact is larger than the configured `maxBytes`. */
export class ArtifactTooLargeError extends HarborageError<'artifact_too_large'> {
  constructor(message: string, options?: HarborageErrorOptions) {
    super('artifact_too_large', message, options)
  }
}

/** The stored bytes do not have the digest under which they were stored. */
export class ArtifactCorruptError extends HarborageError<'artifact_corrupt'> {
  constructor(message: string, options?: HarborageErrorOptions) {
    super('artifact_corrupt', message, options)
  }
}

/** The memory strategy is not known. */
export class StrategyNotImplementedError extends HarborageError<'strategy_not_implemented'> {
  constructor(message: string, options?: HarborageErrorOptions) {
    super('strategy_not_implemented', message, options)
  }
}

/**
 * The conversation is kept under another memory strategy than that of the store. Nothing was read or changed; the
 * message names both strategies and the way out.
 */
export class StrategyMismatchError extends HarborageError<'strategy_mismatch'> {
  constructor(message: string, options?: HarborageErrorOptions) {
    super('strategy_mismatch', message, options)
  }
}

/** The memory snapshot is malformed or of another strategy. Nothing was changed. */
export class InvalidSnapshotError extends HarborageError<'invalid_snapshot'> {
  constructor(message: string, options?: HarborageErrorOptions) {
    super('invalid_snapshot', message, options)
  }
}

/** The memory health machine has no such transition. */
export class InvalidHealthTransitionError extends HarborageError<'invalid_health_transition'> {
  constructor(message: string, options?: HarborageErrorOptions) {
    super('invalid_health_transition', message, options)
  }
}

/** No driver of that name or DSN scheme is registered; the message lists those that are. */
export class UnknownDriverError extends HarborageError<'unknown_driver'> {
  constructor(message: string, options?: HarborageErrorOptions) {
    super('unknown_driver', message, options)
  }
}

/** An option is missing, malformed or contradicts another. Nothing was opened. */
export class InvalidConfigError extends HarborageError<'invalid_config'> {
  constructor(message: string, options?: HarborageErrorOptions) {
    super('invalid_config', message, options)
  }
}

/** A migration failed and was rolled back as a whole. */
export class MigrationFailedError extends HarborageError<'migration_failed'> {
  constructor(message: string, options?: HarborageErrorOptions) {
    super('migration_failed', message, options)
  }
}

/** The database lacks migrations that this version needs, and `migrate: 'verify'` forbids to apply them. */
export class SchemaOutdatedError extends HarborageError<'schema_outdated'> {
  constructor(message: string, options?: HarborageErrorOptions) {
    super('schema_outdated', message, options)
  }
}

/** The database was migrated by a newer version of the package. */
export class SchemaTooNewError extends HarborageError<'schema_too_new'> {
  constructor(message: string, options?: HarborageErrorOptions) {
    super('schema_too_new', message, options)
  }
}

/** The store or its database was closed before the call. */
export class StoreClosedError extends HarborageError<'store_closed'> {
  constructor(message: string, options?: HarborageErrorOptions) {
    super('store_closed', message, options)
  }
}

/** The database could not be reached or could not do the work; nothing of the call was applied. */
export class StoreUnavailableError extends HarborageError<'store_unavailable'> {
  constructor(message: string, options?: HarborageErrorOptions) {
    super('store_unavailable', message, { retryable: true, ...options })
  }
}

/**
 * The answer to a write was lost and asking again failed too: it is applied as a whole or not at all. Repeat the
 * call, with the same event id, to find out.
 */
export class OutcomeUnknownError extends HarborageError<'outcome_unknown'> {
  constructor(message: string, options?: HarborageErrorOptions) {
    super('outcome_unknown', message, { retryable: true, ...options })
  }
}
