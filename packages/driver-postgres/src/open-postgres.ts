import { type Database, HarborageError } from '@harborage/core'
import { errorOfFindings } from '@harborage/core/kit'
import type { ClientPool } from './internal/client-pool.ts'
import { dsnFindings } from './internal/findings/dsn-findings.ts'
import { inspectServer, NO_SCHEMA } from './internal/findings/inspect-server.ts'
import { onNewPool } from './internal/on-new-pool.ts'
import { PostgresDatabase } from './internal/postgres-database.ts'
import { PostgresFailure } from './internal/postgres-failure.ts'
import {
  parsePostgresConfig,
  type CheckedPostgresConfig,
  type PostgresConfig,
} from './postgres-config.ts'

/**
 * Opens a Postgres database that any number of stores can share, on a new connection pool or on one
 * of yours. Checks that the server answers and can keep data. The database stays open until
 * `close()`.
 *
 * @throws `invalid_config` if the DSN or an option is wrong, the client or the server would lose
 * data or cannot work, or Node.js is older than 22.14; `store_unavailable` if there is no
 * connection within `connectionTimeoutMs`, the server rejects it, or it is in recovery.
 * {@link diagnose} returns all problems at once.
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
  const inDsn = checked.dsn === undefined ? undefined : errorOfFindings(dsnFindings(checked.dsn))
  if (inDsn !== undefined) throw inDsn
  try {
    return await onNewPool(checked, (pool) => openOn(pool, checked))
  } catch (error) {
    throw error instanceof PostgresFailure ? error.error : error
  }
}

async function openOn(pool: ClientPool, checked: CheckedPostgresConfig): Promise<Database> {
  try {
    const { findings, schema } = await inspectServer(pool, checked, 'opening')
    const refusal = errorOfFindings(findings)
    if (refusal !== undefined || schema === undefined) {
      throw refusal ?? new HarborageError('invalid_config', NO_SCHEMA)
    }
    return new PostgresDatabase(pool, schema, checked)
  } catch (error) {
    await pool.close()
    throw error
  }
}
