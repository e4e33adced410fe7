import { HarborageError, StoreUnavailableError } from '@harborage/core'
import { SqlFailure } from '@harborage/core/sql'

/** The message of the error for a caller's pool that gave no connection in time. */
export const CONNECTION_TIMEOUT = 'no connection of the pool became free in time'

/** The message of the error for a statement that was not answered in time. */
export const QUERY_TIMEOUT = 'no answer to a statement in time'

/** A failed attempt of a call: what it means and what can be done about it. */
export class PostgresFailure extends Error {
  /** What the caller gets if the call is not tried again. */
  readonly error: unknown
  /** Whether another attempt may succeed. */
  readonly mayPass: boolean
  /** Whether the statement, or the COMMIT, may have been applied although no answer came. */
  readonly mayBeApplied: boolean
  /** Whether the connection can be used no longer. */
  readonly breaksConnection: boolean

  constructor(
    error: unknown,
    traits: { mayPass?: boolean; mayBeApplied?: boolean; breaksConnection?: boolean } = {},
  ) {
    super('a call to Postgres failed')
    this.error = error
    this.mayPass = traits.mayPass ?? false
    this.mayBeApplied = traits.mayBeApplied ?? false
    this.breaksConnection = traits.breaksConnection ?? false
  }
}

/** What went wrong before anything was sent: no connection could be had. */
export function connectionFailure(error: unknown, timeoutMs: number): PostgresFailure {
  const state = sqlState(error)
  if (state !== undefined) return isPassing(state) ? notNow(state, error) : refused(state, error)
  const code = networkCode(error) ?? (isTermination(error) ? 'it hung up' : undefined)
  if (code !== undefined) {
    return new PostgresFailure(
      new StoreUnavailableError(
        `Postgres cannot be reached (${code}): check the address and that the server runs`,
        { cause: error },
      ),
      { mayPass: PASSING_NETWORK_CODES.has(code) || isTermination(error) },
    )
  }
  if (isTimeout(error)) {
    const message = `no connection to Postgres within ${timeoutMs} ms: the server does not answer, or every connection of the pool is in use; check the network, or raise max`
    return new PostgresFailure(new StoreUnavailableError(message, { cause: error }))
  }
  // A password or TLS that one side lacks, a pool that was ended: the same call would fail again.
  const message = 'no connection to Postgres: see the cause'
  return new PostgresFailure(new StoreUnavailableError(message, { cause: error, retryable: false }))
}

/** What went wrong on an open connection. */
export function statementFailure(error: unknown): PostgresFailure {
  if (error instanceof PostgresFailure) return error
  if (error instanceof HarborageError) return new PostgresFailure(error)
  const state = sqlState(error)
  if (state === undefined)
    return isOfClient(error) ? lostConnection(error) : new PostgresFailure(error)
  if (isPassing(state)) return lostConnection(error)
  switch (state) {
    case '23505':
      // Without a cause: the server's detail quotes the key, which may be another identity's.
      return new PostgresFailure(new SqlFailure('unique_violation'))
    case '22P02':
      // Only the verdict of a statement that makes all of its calls or none reads a text as a number.
      return new PostgresFailure(new SqlFailure('incomplete'))
    case '42P01':
    case '3F000':
      return new PostgresFailure(new SqlFailure('missing_table'))
    case '40001':
    case '40P01':
      return new PostgresFailure(unavailable('the transaction lost against others', state, error), {
        mayPass: true,
      })
    case '26000':
    case '0A000':
    case '25006':
      // A pooler or a failover put this connection on another server or took its prepared statements away.
      return new PostgresFailure(unavailable('the connection changed its server', state, error), {
        mayPass: true,
        breaksConnection: true,
      })
    case '42P05':
      return final(
        'a pooler shares prepared statements: open with preparedStatements: false',
        state,
        error,
      )
    case '42501':
      return final('the role lacks a right on the tables: grant it', state, error)
    case '53100':
      return new PostgresFailure(
        unavailable('the disk of the server is full: free some space', state, error),
        { mayPass: true },
      )
    case '55P03':
    case '57014':
      return new PostgresFailure(
        unavailable('a lock or a time limit stopped the statement: call again', state, error),
      )
    default:
      return final('Postgres could not do the work: see the cause', state, error)
  }
}

function lostConnection(error: unknown): PostgresFailure {
  return new PostgresFailure(
    new StoreUnavailableError('the connection to Postgres was lost: call again', { cause: error }),
    { mayPass: true, mayBeApplied: true, breaksConnection: true },
  )
}

function notNow(state: string, cause: unknown): PostgresFailure {
  return new PostgresFailure(
    unavailable('Postgres takes no connection now: call again', state, cause),
    {
      mayPass: true,
    },
  )
}

function refused(state: string, cause: unknown): PostgresFailure {
  if (state.startsWith('28')) {
    return final(
      'Postgres refused the login: check the user, the password and pg_hba.conf',
      state,
      cause,
    )
  }
  if (state === '3D000') return final('the database does not exist: create it first', state, cause)
  return final('Postgres refused the connection: see the cause', state, cause)
}

function unavailable(message: string, state: string, cause: unknown): StoreUnavailableError {
  return new StoreUnavailableError(`${message} (${state})`, { cause })
}

function final(message: string, state: string, cause: unknown): PostgresFailure {
  const error = new StoreUnavailableError(`${message} (${state})`, { cause, retryable: false })
  return new PostgresFailure(error)
}

/** The five characters by which Postgres names a failure, or `undefined` if it is not the server's. */
function sqlState(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !code.startsWith('E')
    ? code
    : undefined
}

/** Whether the server is going down, coming up, or has no connection left. */
function isPassing(state: string): boolean {
  return state.startsWith('08') || /^57P0[1-5]$/.test(state) || state === '53300'
}

/** Failures of the network after which a server may be there in a moment. */
const PASSING_NETWORK_CODES: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
])

/** The code that Node gives an error of the network or of TLS, such as ECONNREFUSED. */
function networkCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' && sqlState(error) === undefined ? code : undefined
}

/** Whether pg or the socket failed, as opposed to the work that was run on the connection. */
function isOfClient(error: unknown): boolean {
  return networkCode(error) !== undefined || isTermination(error)
}

const TERMINATIONS: ReadonlySet<string> = new Set([
  'Connection terminated',
  'Connection terminated unexpectedly',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
  QUERY_TIMEOUT,
])

/** What pg-pool and this package's own pool say when the time for a connection is up. */
const TIMEOUTS: ReadonlySet<string> = new Set([
  'timeout exceeded when trying to connect',
  'Connection terminated due to connection timeout',
  CONNECTION_TIMEOUT,
])

function isTermination(error: unknown): boolean {
  return error instanceof Error && TERMINATIONS.has(error.message)
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && TIMEOUTS.has(error.message)
}
