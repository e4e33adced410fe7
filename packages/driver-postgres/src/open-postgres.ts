import { codeOf, InvalidConfigError, type Database } from '@harborage/core'
import pg from 'pg'
import { z } from 'zod'
import { ClientPool } from './internal/client-pool.ts'
import { PostgresDatabase } from './internal/postgres-database.ts'
import { PostgresFailure, statementFailure } from './internal/postgres-failure.ts'
import { StatementRunner } from './internal/statement-runner.ts'
import {
  parsePostgresConfig,
  type CheckedPostgresConfig,
  type PostgresConfig,
} from './postgres-config.ts'

const OLDEST_SERVER = 14

const serverFacts = z.object({
  version: z.coerce.number(),
  encoding: z.string(),
  schema: z.string().nullable(),
})

const question = `select current_setting('server_version_num') as version,
  current_setting('server_encoding') as encoding, current_schema() as schema`

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
  } catch (error) {
    const unread = codeOf(error) === 'ENOENT'
    throw new InvalidConfigError(
      unread
        ? 'dsn names a file that is not there: see its sslcert, sslkey and sslrootcert'
        : 'dsn cannot be parsed: pass "postgres://user:password@host:5432/name", with special characters percent-encoded',
    )
  }
}

/** Checks the server's version and the encoding of its texts, and finds out where tables go by default. */
async function findSchema(pool: ClientPool, config: CheckedPostgresConfig): Promise<string> {
  const { version, encoding, schema: current } = serverFacts.parse(await askServer(pool, config))
  if (version < OLDEST_SERVER * 10_000) {
    throw new InvalidConfigError(`the server is older than Postgres ${OLDEST_SERVER}: upgrade it`)
  }
  if (encoding !== 'UTF8') {
    throw new InvalidConfigError(
      `the database keeps its texts as ${encoding}, which lacks characters: make one with encoding 'UTF8'`,
    )
  }
  const schema = config.schema ?? current
  if (schema === null) {
    throw new InvalidConfigError('the role has no current schema: pass the option schema')
  }
  return schema
}

async function askServer(pool: ClientPool, config: CheckedPostgresConfig): Promise<unknown> {
  const client = await pool.acquire()
  try {
    const { rows } = await new StatementRunner(config).command(client, question)
    pool.release(client)
    return rows[0]
  } catch (error) {
    pool.release(client, true)
    throw statementFailure(error)
  }
}
