/** What is said of a server at open as well as at a call. */

export const IN_RECOVERY: string =
  'the server is in recovery and takes no writes: it is a standby, or still replays its log; ' +
  'connect to the primary, or call again when it has become the primary'

export const READ_ONLY: string =
  'Postgres only lets this connection read: default_transaction_read_only is on for the role or the database, ' +
  'or a failover has put it on a server in recovery; reset the setting, or connect to the primary'

export const HIDDEN_ROWS: string =
  'row security keeps rows from this role, and what it does not see is not absent: give the role BYPASSRLS, ' +
  'or a policy FOR ALL USING (true) on every table of the store'

export const LACKS_RIGHT_TO_MIGRATE: string =
  'the role may not make or change the tables of the store (42501), and nothing was changed: grant it CREATE on the schema, ' +
  'or on the database if the schema is not there; or open the store once under a role that has these rights and owns the ' +
  "tables that are there, and here with migrate: 'verify'"

const LOWER_MAX = 'lower max in every process so that all together stay below it'

/** What to do where the server has no connection left, by the function of Postgres that says so. */
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

/** Returns which limit of connections was reached and what to do about it. */
export function limitMessage(routine: string | undefined): string {
  return (
    LIMITS.get(routine ?? '') ??
    `the server has as many connections as max_connections allows: ${LOWER_MAX}, put a pooler in between, or raise it`
  )
}
