/** The message of the error for a caller's pool that gave no connection in time. */
export const CONNECTION_TIMEOUT = 'no connection of the pool became free in time'

/** The message of the error for a call that may wait for locks, while all that may do so were waiting. */
export const PATIENCE_TIMEOUT =
  'no connection for calls that may wait for locks became free in time'

/** What to do about a connection that was not there in time, by the message of the error. */
const REASONS_OF_TIMEOUTS: ReadonlyMap<string, string> = new Map([
  [
    PATIENCE_TIMEOUT,
    'every connection for calls that may wait for a lock (four fifths of max) was in use for as long, most likely for ' +
      'rows that other transactions keep locked: look at pg_locks and end those transactions, or raise max',
  ],
])

/** Returns what to do about a connection that was not there in time. */
export function reasonOfTimeout(message: string): string {
  return (
    REASONS_OF_TIMEOUTS.get(message) ??
    'the server does not answer, or every connection of the pool is in use; check the network, or raise max'
  )
}

/** What pg says where it makes no connection and has no code for it. The same call would fail again. */
const MEANINGS: ReadonlyMap<string, string> = new Map([
  [
    'The server does not support SSL connections',
    'the server takes no TLS, which the DSN, the pool or PGSSLMODE asks for: turn TLS on at the server (ssl = on), or, ' +
      'if nobody can listen on the way to it, connect with sslmode=disable',
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

/** Returns what is wrong where pg itself makes no connection. */
export function meaningOfRefusal(message: string): string {
  if (message.startsWith('SASL: ') && message.includes('client password must be')) {
    return 'the server asks for a password, and there is none: add it to the DSN or the pool'
  }
  return MEANINGS.get(message) ?? 'no connection to Postgres: see the cause'
}
