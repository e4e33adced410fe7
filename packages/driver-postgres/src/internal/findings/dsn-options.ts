/** The DSN options that pg reads and that do not affect what a store relies on. */
const READ_BY_PG: ReadonlySet<string> = new Set([
  'user',
  'password',
  'host',
  'port',
  'ssl',
  'sslmode',
  'sslcert',
  'sslkey',
  'sslrootcert',
  'sslnegotiation',
  'uselibpqcompat',
  'application_name',
  'fallback_application_name',
  'options',
  'client_encoding',
  'statement_timeout',
  'lock_timeout',
  'idle_in_transaction_session_timeout',
])

const SCHEMA = 'pass the option schema of openPostgres instead'
const MAX = 'pass the option max of openPostgres instead'
const UNPREPARED = 'pass preparedStatements: false to openPostgres instead'
const CONNECTION_TIMEOUT = 'pass the option connectionTimeoutMs of openPostgres instead'
const QUERY_TIMEOUT = 'pass the option queryTimeoutMs of openPostgres instead'
const PATH = 'name the database in the path, as in "postgres://host/name"'
const ONE_HOST = 'leave it out and name the one host that accepts writes'
const LEAVE_OUT = 'leave it out, a store cannot work with it'

/** The replacements of other clients' options, by their names in lower case without "_". */
const INSTEAD: ReadonlyMap<string, string> = new Map([
  ['schema', SCHEMA],
  ['currentschema', SCHEMA],
  ['searchpath', SCHEMA],
  ['max', MAX],
  ['connectionlimit', MAX],
  ['maxconnections', MAX],
  ['maxpoolsize', MAX],
  ['poolmaxconns', MAX],
  ['poolsize', MAX],
  ['pgbouncer', UNPREPARED],
  ['prepare', UNPREPARED],
  ['preparedstatements', UNPREPARED],
  ['preparethreshold', UNPREPARED],
  ['statementcachesize', UNPREPARED],
  ['connecttimeout', CONNECTION_TIMEOUT],
  ['connectiontimeout', CONNECTION_TIMEOUT],
  ['connectiontimeoutmillis', CONNECTION_TIMEOUT],
  ['pooltimeout', CONNECTION_TIMEOUT],
  ['sockettimeout', QUERY_TIMEOUT],
  // pg reads it, but a statement ends at queryTimeoutMs.
  ['querytimeout', QUERY_TIMEOUT],
  ['database', PATH],
  ['dbname', PATH],
  ['hostaddr', ONE_HOST],
  ['loadbalancehosts', ONE_HOST],
  ['targetservertype', ONE_HOST],
  ['targetsessionattrs', ONE_HOST],
  ['binary', LEAVE_OUT],
  ['replication', LEAVE_OUT],
  ['channelbinding', 'leave it out and use sslmode=verify-full'],
])

/** Returns the advice on an option that pg does not read, or `undefined` if pg reads it. */
export function adviceOnOption(name: string): string | undefined {
  if (READ_BY_PG.has(name)) return undefined
  const plain = plainOf(name)
  const instead = INSTEAD.get(plain)
  if (instead !== undefined) return instead
  const meant = [...READ_BY_PG].find((known) => isSimilar(plain, plainOf(known)))
  return meant === undefined
    ? `leave it out; pg reads only ${[...READ_BY_PG].join(', ')}`
    : `did you mean ${meant}?`
}

function plainOf(name: string): string {
  return name.toLowerCase().replaceAll(/[_-]/g, '')
}

/** Returns whether two names differ by at most one missing, added, changed or swapped character. */
function isSimilar(one: string, other: string): boolean {
  if (Math.abs(one.length - other.length) > 1) return false
  let start = 0
  while (start < one.length && one[start] === other[start]) start += 1
  let end = 0
  while (
    end < Math.min(one.length, other.length) - start &&
    one.at(-1 - end) === other.at(-1 - end)
  ) {
    end += 1
  }
  const [left, right] = [one.slice(start, one.length - end), other.slice(start, other.length - end)]
  const isSwapped = left.length === 2 && left === [...right].toReversed().join('')
  return isSwapped || Math.max(left.length, right.length) <= 1
}
