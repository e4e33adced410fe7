/** The message of the error if the pool had no free connection in time. */
export const CONNECTION_TIMEOUT = 'no connection of the pool became free in time'

/** The message of the error if no connection for long work became free in time. */
export const LOCK_WAIT_TIMEOUT =
  'no connection for calls that may wait for locks became free in time'

/** The advice on a connection timeout, by the message of the error. */
const REASONS_OF_TIMEOUTS: ReadonlyMap<string, string> = new Map([
  [
    LOCK_WAIT_TIMEOUT,
    'every connection for calls that may wait for a lock (four fifths of max) was in use for as long, most likely for ' +
      'rows that other transactions keep locked: look at pg_locks and end those transactions, or raise max',
  ],
])

/** Returns the advice on a connection timeout. */
export function reasonOfTimeout(message: string): string {
  return (
    REASONS_OF_TIMEOUTS.get(message) ??
    'the server does not answer, or every connection of the pool is in use; check the network, or raise max'
  )
}

/** The meaning of errors of pg without a code, after which the same call would fail again. */
const MEANINGS: ReadonlyMap<string, string> = new Map([
  [
    'The server does not support SSL connections',
    'the server does not support TLS, which the DSN, the pool or PGSSLMODE asks for: turn TLS on at the server (ssl = on), or, ' +
      'if the network in between is trusted, connect with sslmode=disable',
  ],
  [
    'There was an error establishing an SSL connection',
    'what answers at the address is not Postgres: check the host and the port',
  ],
  [
    'Cannot use a pool after calling end on the pool',
    'the pool was ended: pass one that is open, and end it only once the database is closed',
  ],
])

/** Returns the meaning of an error with which pg itself rejected a connection. */
export function meaningOfRefusal(message: string): string {
  if (message.startsWith('SASL: ') && message.includes('client password must be')) {
    return 'the server asks for a password, but none is set: add it to the DSN or the pool'
  }
  return MEANINGS.get(message) ?? 'no connection to Postgres: see the cause'
}

/** Messages that are used both when opening and for calls. */

export const IN_RECOVERY: string =
  'the server is in recovery and accepts no writes: it is a standby, or still replays its log; ' +
  'connect to the primary, or call again when it has become the primary'

export const READ_ONLY: string =
  'Postgres only lets this connection read: default_transaction_read_only is on for the role or the database, ' +
  'or a failover has put it on a server in recovery; reset the setting, or connect to the primary'

export const HIDDEN_ROWS: string =
  'row security hides rows from this role, which would seem absent: give the role BYPASSRLS, ' +
  'or a policy FOR ALL USING (true) on every table of the store'

export const LACKS_RIGHT_TO_MIGRATE: string =
  'the role may not make or change the tables of the store (42501), and nothing was changed: grant it CREATE on the schema, ' +
  'or on the database if the schema does not exist; or open the store once under a role that has these rights and owns the ' +
  "tables that are there, and here with migrate: 'verify'"

/**
 * Returns the message if a call lacks a right. The server names the schema or table, but not the
 * right, and in its own language.
 */
export function lacksRight(message: string): string {
  const [, named] = /^permission denied for ((?:schema|table|relation) \S+)$/.exec(message) ?? []
  const place = named === undefined ? 'the schema or a table of the store' : `the ${named}`
  return (
    `the role lacks a right on ${place}: grant it USAGE on the schema, and SELECT, INSERT, UPDATE and DELETE on the ` +
    'tables of the store; diagnose names each right that a table lacks'
  )
}

/** Returns the message if a statement was not answered within the limit. */
export function noAnswer(limit: string): string {
  return (
    `Postgres did not answer within ${limit}: look in pg_locks for a transaction that keeps the rows locked, and ` +
    'whether the server is busy or out of reach; end that transaction or raise the limit, then call again'
  )
}

export const WRONG_SETTING: string =
  'the server does not accept the value of a setting in the DSN or the options of the pool, such as statement_timeout, ' +
  'lock_timeout or options: see the cause, and correct it or leave it out'

const LOWER_MAX = 'lower max in every process so that all together stay below it'

/** The advice if the server has no connection left, by the Postgres function that failed. */
const LIMITS: ReadonlyMap<string, string> = new Map([
  [
    'InitializeSessionUserId',
    `the role has as many connections as its limit allows: ${LOWER_MAX}, or raise it with ALTER ROLE ... CONNECTION LIMIT`,
  ],
  [
    'CheckMyDatabase',
    `the database has as many connections as its limit allows: ${LOWER_MAX}, or raise it with ALTER DATABASE ... CONNECTION LIMIT`,
  ],
])

/** Returns which connection limit was reached and what to do about it. */
export function limitMessage(routine: string | undefined): string {
  return (
    LIMITS.get(routine ?? '') ??
    `the server has as many connections as max_connections allows: ${LOWER_MAX}, put a pooler in between, or raise it`
  )
}
