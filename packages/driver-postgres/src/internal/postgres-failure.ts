import { HarborageError, isHarborageError } from '@harborage/core'
import { codeOf, messageOf } from '@harborage/core/kit'
import { callerStatementFailed, postgresDialect, SqlFailure } from '@harborage/core/sql'
import {
  CONNECTION_TIMEOUT,
  LACKS_RIGHT_TO_MIGRATE,
  limitMessage,
  LOCK_WAIT_TIMEOUT,
  meaningOfRefusal,
  noAnswer,
  reasonOfTimeout,
  WRONG_SETTING,
} from './failure-messages.ts'
import {
  isPermanentNetworkCode,
  isTransientNetworkCode,
  isTransientState,
} from './transient-failures.ts'
import { lastingProtocolFault, PROTOCOL_VIOLATION } from './pooler-messages.ts'
import {
  FOREIGN_TRANSACTION,
  isOfStatement,
  meaningOf,
  type FailureTraits,
} from './state-meanings.ts'

/** A failed attempt of a call, with what can be done about it. */
export class PostgresFailure extends Error implements Required<FailureTraits> {
  /** The error for the caller if the call is not retried. */
  readonly error: unknown
  readonly mayPass: boolean
  readonly mayBeApplied: boolean
  readonly breaksConnection: boolean
  readonly isUnsent: boolean
  readonly isLockTimeout: boolean

  constructor(error: unknown, traits: FailureTraits = {}) {
    super('a call to Postgres failed')
    this.error = error
    this.mayPass = traits.mayPass ?? false
    this.mayBeApplied = traits.mayBeApplied ?? false
    this.breaksConnection = traits.breaksConnection ?? false
    this.isUnsent = traits.isUnsent ?? false
    this.isLockTimeout = traits.isLockTimeout ?? false
  }

  /**
   * Returns the same failure, but before COMMIT, when nothing can have been applied.
   *
   * @param breaksConnection Whether the connection cannot be used any longer, for another reason.
   */
  beforeCommit(breaksConnection: boolean = this.breaksConnection): PostgresFailure {
    const { error, mayPass, isUnsent } = this
    return new PostgresFailure(error, { mayPass, breaksConnection, isUnsent })
  }
}

/**
 * Returns the failure to get a connection, before anything was sent.
 *
 * @param limit The result of {@link connectionLimit} for a recent attempt.
 */
export function connectionFailure(
  error: unknown,
  timeoutMs: number,
  limit?: string,
): PostgresFailure {
  const state = sqlState(error)
  if (state !== undefined) {
    const message = connectionLimit(error) ?? 'Postgres accepts no connection now: call again'
    if (isTransientState(state, messageOf(error), routineOf(error))) {
      return unsent(unavailable(message, state, error), true)
    }
    return unsent(refusal(state, error))
  }
  const code =
    networkCode(error) ?? (isTermination(error) ? 'the connection was closed' : undefined)
  if (code !== undefined) {
    if (!isTermination(error) && isPermanentNetworkCode(code)) {
      const message = `no connection to Postgres (${code}): check the address, the rights and TLS`
      return unsent(
        new HarborageError('store_unavailable', message, { cause: error, retryable: false }),
      )
    }
    const message = `Postgres cannot be reached (${code}): check the address and that the server runs`
    const mayPass = isTransientNetworkCode(code) || isTermination(error)
    return unsent(new HarborageError('store_unavailable', message, { cause: error }), mayPass)
  }
  if (isTimeout(error)) {
    const reason = limit ?? reasonOfTimeout(messageOf(error))
    const message = `no connection to Postgres within ${timeoutMs} ms: ${reason}`
    return unsent(new HarborageError('store_unavailable', message, { cause: error }))
  }
  const message = meaningOfRefusal(messageOf(error))
  return unsent(
    new HarborageError('store_unavailable', message, { cause: error, retryable: false }),
  )
}

/** Returns which connection limit was reached, or `undefined` if none was. */
export function connectionLimit(error: unknown): string | undefined {
  return sqlState(error) === '53300' ? limitMessage(routineOf(error)) : undefined
}

/**
 * Returns whether the server, or a pooler in front of it, refused a connection for what may be its
 * startup parameters. PgBouncer says so with 08P01, RDS Proxy with 0A000.
 */
export function mayRefuseParameters(error: unknown): boolean {
  if (!(error instanceof PostgresFailure) || !error.isUnsent || error.mayPass) return false
  const state = isHarborageError(error.error) ? sqlState(error.error.cause) : undefined
  return state !== undefined && !isOfLogin(state)
}

function isOfLogin(state: string): boolean {
  return state.startsWith('28') || state === '3D000'
}

/** Returns the error for a change of a database that was opened to read. */
export function openedToRead(): HarborageError {
  return new HarborageError(
    'store_unavailable',
    'the database was opened with readOnly and refuses changes: open it without readOnly',
    { retryable: false },
  )
}

function unsent(error: HarborageError, mayPass = false): PostgresFailure {
  return new PostgresFailure(error, { mayPass, isUnsent: true })
}

/** Returns the error of a login that the server would reject again. */
function refusal(state: string, error: unknown): HarborageError {
  // The values of parameters such as statement_timeout are read at the login.
  if (state.startsWith('22') || state === '42704') {
    const message = `${WRONG_SETTING} (${state})`
    return new HarborageError('invalid_config', message, { cause: error })
  }
  return final(meaningOfState(state, error), state, error)
}

function meaningOfState(state: string, error: unknown): string {
  if (state.startsWith('28')) {
    return 'Postgres refused the login: check the user, the password and pg_hba.conf'
  }
  if (state === '3D000') return 'the database does not exist: create it first'
  const advice =
    state === PROTOCOL_VIOLATION
      ? lastingProtocolFault(messageOf(error), routineOf(error))
      : undefined
  return advice ?? 'Postgres refused the connection: see the cause'
}

/**
 * Returns the failure of a call that ran in a transaction of other code. It is undone with the
 * connection.
 */
export function foreignTransaction(): PostgresFailure {
  const { message, traits } = FOREIGN_TRANSACTION
  return new PostgresFailure(
    new HarborageError('store_unavailable', `${message}: end it there`),
    traits,
  )
}

/** Returns the failure of a statement on an open connection. */
export function statementFailure(error: unknown): PostgresFailure {
  if (error instanceof PostgresFailure) return error
  if (isHarborageError(error)) return new PostgresFailure(error)
  const state = sqlState(error)
  if (state === undefined) {
    if (messageOf(error) === POOL_QUERY_TIMEOUT)
      return lost(noAnswer('query_timeout of the pool'), error)
    return isLoss(error) ? lostConnection(error) : clientFailure(error)
  }
  if (isTransientState(state, messageOf(error), routineOf(error))) return lostConnection(error)
  const reason = postgresDialect.failureReason(state)
  if (reason === 'lock_timeout') {
    const failure = new SqlFailure(reason, { cause: error })
    return new PostgresFailure(failure, { isLockTimeout: true })
  }
  // Without a cause: the server's detail quotes the key.
  if (reason !== undefined) return new PostgresFailure(new SqlFailure(reason))
  const meaning = meaningOf(state, messageOf(error), routineOf(error))
  if (meaning?.traits !== undefined) {
    if (meaning.traits.isPermanent === true) {
      const mayBeApplied = !isAnswer(error)
      return new PostgresFailure(final(meaning.message, state, error), {
        mayBeApplied,
        breaksConnection: true,
      })
    }
    return new PostgresFailure(unavailable(meaning.message, state, error), meaning.traits)
  }
  const message = meaning?.message ?? 'Postgres could not do the work: see the cause'
  return new PostgresFailure(final(message, state, error))
}

/**
 * Returns the failure of a statement of `appRows`. What is about the connection or the server, or
 * may pass, means what it does of any other statement.
 */
export function callerStatementFailure(error: unknown, part: string): PostgresFailure {
  const failure = statementFailure(error)
  const { mayPass, breaksConnection } = failure
  const mayEnd = isHarborageError(failure.error) && failure.error.retryable
  const isOfServer = mayPass || breaksConnection || mayEnd
  if (isOfServer && !isOfStatement(sqlState(error), routineOf(error))) return failure
  return new PostgresFailure(callerStatementFailed(error, part))
}

/**
 * Returns whether a failed migration should start over soon: others held its locks, or created the
 * same object at the same time.
 */
export function isTransientConflict(error: unknown): boolean {
  const cause = causeOfMigration(error)
  const state = sqlState(cause)
  if (state === undefined) return false
  // Two transactions created a schema, table or type with the same name.
  return TRANSIENT_CONFLICTS.has(state) || (state === '23505' && isOfCatalog(cause))
}

/** Returns the error of a failed migration. If a privilege was missing, it names the privilege. */
export function migrationFailure(error: unknown): unknown {
  const cause = causeOfMigration(error)
  if (sqlState(cause) !== '42501') return statementFailure(error).error
  return new HarborageError('migration_failed', LACKS_RIGHT_TO_MIGRATE, { cause })
}

function causeOfMigration(error: unknown): unknown {
  return isHarborageError(error, 'migration_failed') ? error.cause : error
}

/**
 * A deadlock, a serialization failure, a lock timeout, a schema that another transaction created.
 */
const TRANSIENT_CONFLICTS: ReadonlySet<string> = new Set(['40001', '40P01', '55P03', '42P06'])

function isOfCatalog(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'schema' in error &&
    error.schema === 'pg_catalog'
  )
}

/** Returns the failure of a statement that was not answered within `queryTimeoutMs`. */
export function queryTimeout(timeoutMs: number): PostgresFailure {
  return lost(noAnswer(`queryTimeoutMs (${timeoutMs} ms)`))
}

function lostConnection(error: unknown): PostgresFailure {
  return lost('the connection to Postgres was lost: call again', error)
}

function lost(message: string, cause?: unknown): PostgresFailure {
  const options = cause === undefined ? {} : { cause }
  return new PostgresFailure(new HarborageError('store_unavailable', message, options), {
    mayPass: true,
    mayBeApplied: true,
    breaksConnection: true,
  })
}

/** Returns the failure for an error of pg itself, which would occur again. */
function clientFailure(error: unknown): PostgresFailure {
  const message = 'the Postgres client failed: see the cause'
  return new PostgresFailure(
    new HarborageError('store_unavailable', message, { cause: error, retryable: false }),
    {
      mayBeApplied: true,
      breaksConnection: true,
    },
  )
}

/** Returns the error of a failure that may end by itself. */
function unavailable(message: string, state: string, cause: unknown): HarborageError {
  return new HarborageError('store_unavailable', `${message} (${state})`, { cause })
}

/** Returns the error of a failure that would come again, so the call is not to be repeated. */
function final(message: string, state: string, cause: unknown): HarborageError {
  return new HarborageError('store_unavailable', `${message} (${state})`, {
    cause,
    retryable: false,
  })
}

/** Returns the SQLSTATE of an error, or `undefined` if it is not from the server. */
function sqlState(error: unknown): string | undefined {
  const code = codeOf(error)
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !code.startsWith('E')
    ? code
    : undefined
}

/** Returns whether the server rejected a statement and keeps the connection. */
function isAnswer(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'severity' in error && error.severity === 'ERROR'
  )
}

/** Returns the function of Postgres that failed. Unlike the message, it is not localized. */
function routineOf(error: unknown): string | undefined {
  const routine =
    typeof error === 'object' && error !== null && 'routine' in error ? error.routine : undefined
  return typeof routine === 'string' ? routine : undefined
}

/** Returns Node's code of a network or TLS error, such as ECONNREFUSED. */
function networkCode(error: unknown): string | undefined {
  return sqlState(error) === undefined ? codeOf(error) : undefined
}

/** Returns whether the connection, or an answer on it, was lost. */
function isLoss(error: unknown): boolean {
  // System codes, such as EPIPE. Codes that begin with ERR_ are Node's own, mostly for wrong
  // arguments.
  return /^E(?!RR_)/.test(networkCode(error) ?? '') || isTermination(error)
}

const TERMINATIONS: ReadonlySet<string> = new Set([
  'Connection terminated',
  'Connection terminated unexpectedly',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
])

/** The message of pg after the option query_timeout of a caller's pool. */
const POOL_QUERY_TIMEOUT = 'Query read timeout'

/** The messages of pg-pool and of this package after a connection timeout. */
const TIMEOUTS: ReadonlySet<string> = new Set([
  'timeout exceeded when trying to connect',
  'Connection terminated due to connection timeout',
  CONNECTION_TIMEOUT,
  LOCK_WAIT_TIMEOUT,
])

function isTermination(error: unknown): boolean {
  return TERMINATIONS.has(messageOf(error))
}

function isTimeout(error: unknown): boolean {
  return TIMEOUTS.has(messageOf(error))
}
