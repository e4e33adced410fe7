import { InvalidConfigError, type Database } from '@harborage/core'
import pg from 'pg'
import { ClientPool } from './internal/client-pool.ts'
import { PostgresDatabase } from './internal/postgres-database.ts'
import { PostgresFailure, statementFailure } from './internal/postgres-failure.ts'
import { timedQuery } from './internal/timed-query.ts'
import {
  parsePostgresConfig,
  type CheckedPostgresConfig,
  type PostgresConfig,
} from './postgres-config.ts'

const OLDEST_SERVER = 14

interface ServerFacts {
  readonly version: string
  readonly schema: string | null
}

const question = {
  text: `select current_setting('server_version_num') as version, current_schema() as schema`,
}

/**
 * Opens a pool of Postgres connections for any number of stores, or takes one of yours, and checks that the server
 * answers. It stays open until `close()`.
 *
 * @throws `invalid_config` if the DSN or an option is wrong; `store_unavailable` if no connection can be had within
 * `connectionTimeoutMs`, or the server refuses it.
 *
 * @example
 * ```ts no-run
 * import { openPostgres } from '@harborage/driver-postgres'
 * import { openStateStore } from '@harborage/state'
 *
 * await using database = await openPostgres({ dsn: process.env['DATABASE_URL'], max: 10 })
 * await using state = await openStateStore({ database })
 * ```
 */
export async function openPostgres(config: PostgresConfig): Promise<Database> {
  const checked = parsePostgresConfig(config)
  if (checked.dsn !== undefined) checkDsn(checked.dsn)
  const pool = new ClientPool(checked)
  try {
    return new PostgresDatabase(pool, await findSchema(pool, checked), checked)
  } catch (error) {
    await pool.close()
    throw error instanceof PostgresFailure ? error.error : error
  }
}

/** Lets pg parse the DSN. Its error is not passed on: it quotes the DSN and the password in it. */
function checkDsn(dsn: string): void {
  try {
    void new pg.Client({ connectionString: dsn })
  } catch {
    throw new InvalidConfigError(
      'dsn cannot be parsed: pass "postgres://user:password@host:5432/name", with special characters percent-encoded',
    )
  }
}

/** Asks the server for what has to be known before any statement: its version, and where tables go by default. */
async function findSchema(pool: ClientPool, config: CheckedPostgresConfig): Promise<string> {
  const client = await pool.acquire()
  try {
    const { rows } = await client.query<ServerFacts>(timedQuery(question, config.queryTimeoutMs))
    pool.release(client)
    const [server] = rows
    if (server === undefined || Number(server.version) < OLDEST_SERVER * 10_000) {
      throw new InvalidConfigError(`the server is older than Postgres ${OLDEST_SERVER}: upgrade it`)
    }
    const schema = config.schema ?? server.schema
    if (schema === null) {
      throw new InvalidConfigError('the role has no current schema: pass the option schema')
    }
    return schema
  } catch (error) {
    if (error instanceof InvalidConfigError) throw error
    pool.release(client, true)
    throw statementFailure(error)
  }
}
