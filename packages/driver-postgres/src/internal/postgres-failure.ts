import { HarborageError, isHarborageError } from '@harborage/core'
import { codeOf, messageOf } from '@harborage/core/kit'
import { postgresDialect, SqlFailure } from '@harborage/core/sql'
import {
  CONNECTION_TIMEOUT,
  meaningOfRefusal,
  PATIENCE_TIMEOUT,
  reasonOfTimeout,
} from './connection-messages.ts'
import { isLastingNetworkCode, isPassingNetworkCode, isPassingState } from './passing-failures.ts'
import { LACKS_RIGHT_TO_MIGRATE, limitMessage } from './postgres-messages.ts'
import { FOREIGN_TRANSACTION, meaningOf, type FailureTraits } from './state-meanings.ts'

/** The message of the error for a statement that was not answered in time. */
export const QUERY_TIMEOUT = 'no answer to a statement in time'

/** A failed attempt of a call: what it means and what can be done about it. */
export class PostgresFailure extends Error implements Required<FailureTraits> {
  /** What the caller gets if the call is not tried again. */
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
   * The same failure at a moment at which nothing can have been applied yet.
   *
   * @param breaksConnection Whether the connection can be used no longer, for another reason.
   */
  beforeCommit(breaksConnection: boolean = this.breaksConnection): PostgresFailure {
    const { error, mayPass, isUnsent } = this
    return new PostgresFailure(error, { mayPass, breaksConnection, isUnsent })
  }
}

/**
 * What went wrong before anything was sent: no connection could be had.
 *
 * @param limit What {@link connectionLimit} said of an attempt shortly before.
 */
export function connectionFailure(
  error: unknown,
  timeoutMs: number,
  limit?: string,
): PostgresFailure {
  const state = sqlState(error)
  if (state !== undefined) {
    const message = connectionLimit(error) ?? 'Postgres takes no connection now: call again'
    return isPassingState(state, messageOf(error))
      ? unsent(unavailable(message, state, error), true)
      : unsent(final(refusal(state), state, error))
  }
  const code = networkCode(error) ?? (isTermination(error) ? 'it hung up' : undefined)
  if (code !== undefined) {
    if (!isTermination(error) && isLastingNetworkCode(code)) {
      const message = `no connection to Postgres (${code}): check the address, the rights and TLS`
      return unsent(
        new HarborageError('store_unavailable', message, { cause: error, retryable: false }),
      )
    }
    const message = `Postgres cannot be reached (${code}): check the address and that the server runs`
    const mayPass = isPassingNetworkCode(code) || isTermination(error)
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

/** Returns which limit of connections was reached, or `undefined` if that is not what happened. */
export function connectionLimit(error: unknown): string | undefined {
  return sqlState(error) === '53300' ? limitMessage(routineOf(error)) : undefined
}

function unsent(error: HarborageError, mayPass = false): PostgresFailure {
  return new PostgresFailure(error, { mayPass, isUnsent: true })
}

function refusal(state: string): string {
  if (state.startsWith('28')) {
    return 'Postgres refused the login: check the user, the password and pg_hba.conf'
  }
  if (state === '08P01') {
    return 'the server or its pooler does not take what the DSN asks for: see the cause, and leave that option out'
  }
  if (state === '3D000') return 'the database does not exist: create it first'
  return 'Postgres refused the connection: see the cause'
}

/**
 * Returns the failure of a call that was made within a transaction of others. It is undone with the
 * connection.
 */
export function foreignTransaction(): PostgresFailure {
  const { message, traits } = FOREIGN_TRANSACTION
  return new PostgresFailure(
    new HarborageError('store_unavailable', `${message}: end it there`),
    traits,
  )
}

/** What went wrong on an open connection. */
export function statementFailure(error: unknown): PostgresFailure {
  if (error instanceof PostgresFailure) return error
  if (isHarborageError(error)) return new PostgresFailure(error)
  const state = sqlState(error)
  if (state === undefined) return isLoss(error) ? lostConnection(error) : clientFailure(error)
  if (isPassingState(state, messageOf(error))) return lostConnection(error)
  const reason = postgresDialect.failureReason(state)
  // Without a cause: the server's detail quotes the key.
  if (reason !== undefined) return new PostgresFailure(new SqlFailure(reason))
  const meaning = meaningOf(state, routineOf(error))
  if (meaning?.traits !== undefined) {
    if (meaning.traits.isLasting === true) {
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

/** Whether what failed a migration is over soon: others had what it needs, or made the same at the same moment. */
export function isOverSoon(error: unknown): boolean {
  const cause = causeOfMigration(error)
  const state = sqlState(cause)
  if (state === undefined) return false
  // Two made a schema, a table or a type of one name.
  return OVER_SOON.has(state) || (state === '23505' && isOfCatalog(cause))
}

/** Returns the failure of a migration for want of a right, as one that names the right; any other one as it is. */
export function migrationFailure(error: unknown): unknown {
  const cause = causeOfMigration(error)
  if (sqlState(cause) !== '42501') return statementFailure(error).error
  return new HarborageError('migration_failed', LACKS_RIGHT_TO_MIGRATE, { cause })
}

function causeOfMigration(error: unknown): unknown {
  return isHarborageError(error, 'migration_failed') ? error.cause : error
}

/** A deadlock, a serialization failure, a lock that was not free in time, a schema that another one made. */
const OVER_SOON: ReadonlySet<string> = new Set(['40001', '40P01', '55P03', '42P06'])

function isOfCatalog(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'schema' in error &&
    error.schema === 'pg_catalog'
  )
}

function lostConnection(error: unknown): PostgresFailure {
  return new PostgresFailure(
    new HarborageError('store_unavailable', 'the connection to Postgres was lost: call again', {
      cause: error,
    }),
    { mayPass: true, mayBeApplied: true, breaksConnection: true },
  )
}

/** What pg itself fails with, for whatever reason, it would fail with again. */
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

function unavailable(message: string, state: string, cause: unknown): HarborageError {
  return new HarborageError('store_unavailable', `${message} (${state})`, { cause })
}

function final(message: string, state: string, cause: unknown): HarborageError {
  return new HarborageError('store_unavailable', `${message} (${state})`, {
    cause,
    retryable: false,
  })
}

/** The five characters by which Postgres names a failure, or `undefined` if it is not the server's. */
function sqlState(error: unknown): string | undefined {
  const code = codeOf(error)
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !code.startsWith('E')
    ? code
    : undefined
}

/** Whether the server refused a statement and goes on, in place of ending the connection. */
function isAnswer(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'severity' in error && error.severity === 'ERROR'
  )
}

/** The function of Postgres that failed. Unlike the message, it is in no language. */
function routineOf(error: unknown): string | undefined {
  const routine =
    typeof error === 'object' && error !== null && 'routine' in error ? error.routine : undefined
  return typeof routine === 'string' ? routine : undefined
}

/** The code that Node gives an error of the network or of TLS, such as ECONNREFUSED. */
function networkCode(error: unknown): string | undefined {
  return sqlState(error) === undefined ? codeOf(error) : undefined
}

/** Whether the connection, or an answer on it, was lost. */
function isLoss(error: unknown): boolean {
  // Codes of the system, such as EPIPE; those that begin with ERR_ are Node's own and mostly tell of wrong arguments.
  return /^E(?!RR_)/.test(networkCode(error) ?? '') || isTermination(error)
}

const TERMINATIONS: ReadonlySet<string> = new Set([
  'Connection terminated',
  'Connection terminated unexpectedly',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
  // Of the option query_timeout of a caller's pool.
  'Query read timeout',
  QUERY_TIMEOUT,
])

/** What pg-pool and this package's own pool say when the time for a connection is up. */
const TIMEOUTS: ReadonlySet<string> = new Set([
  'timeout exceeded when trying to connect',
  'Connection terminated due to connection timeout',
  CONNECTION_TIMEOUT,
  PATIENCE_TIMEOUT,
])

function isTermination(error: unknown): boolean {
  return TERMINATIONS.has(messageOf(error))
}

function isTimeout(error: unknown): boolean {
  return TIMEOUTS.has(messageOf(error))
}
