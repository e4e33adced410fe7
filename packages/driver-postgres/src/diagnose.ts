import { type Finding, isHarborageError } from '@harborage/core'
import { errorOfFindings, type Objection, refusal, unavailable } from '@harborage/core/kit'
import type { ClientPool } from './internal/client-pool.ts'
import { dsnFindings } from './internal/findings/dsn-findings.ts'
import { inspectServer } from './internal/findings/inspect-server.ts'
import { inspectTables } from './internal/findings/inspect-tables.ts'
import { inspectUpkeep } from './internal/findings/inspect-upkeep.ts'
import { onNewPool } from './internal/on-new-pool.ts'
import { PostgresFailure } from './internal/postgres-failure.ts'
import {
  parsePostgresConfig,
  type CheckedPostgresConfig,
  type PostgresConfig,
} from './postgres-config.ts'

/**
 * Checks a configuration and the server that it names. Resolves to the problems with which
 * {@link openPostgres} or the stores would fail, as far as they can be known without a store, and
 * to those that would slow calls down. It compares the clock of the server with that of this
 * machine. Changes nothing and leaves nothing open.
 *
 * To check the connections of several processes, pass the sum of theirs as `max`.
 *
 * @example
 * ```ts no-run
 * import { diagnose } from '@harborage/driver-postgres'
 *
 * for (const { name, grade, message } of await diagnose({ dsn: process.env['DATABASE_URL'] })) {
 *   console.log(`${grade} ${name}: ${message}`)
 * }
 * ```
 */
export async function diagnose(config: PostgresConfig): Promise<readonly Finding[]> {
  const checked = readConfig(config)
  if ('finding' in checked) return [checked.finding]
  const inDsn = checked.dsn === undefined ? [] : dsnFindings(checked.dsn)
  // A misread DSN may lead to another server.
  if (errorOfFindings(inDsn) !== undefined) return inDsn
  return [...inDsn, ...(await connectionFindings(checked))]
}

function readConfig(config: PostgresConfig): CheckedPostgresConfig | Objection {
  try {
    return parsePostgresConfig(config)
  } catch (error) {
    if (!isHarborageError(error, 'invalid_config')) throw error
    return refusal('config', 'fails', error.message, error.cause)
  }
}

async function connectionFindings(config: CheckedPostgresConfig): Promise<readonly Finding[]> {
  try {
    return await onNewPool(config, (pool) => findingsOn(pool, config))
  } catch (error) {
    const failure: unknown = error instanceof PostgresFailure ? error.error : error
    if (!isHarborageError(failure)) throw failure
    const { message, retryable, cause } = failure
    if (failure.code === 'invalid_config') {
      return [refusal('dsn_option', 'fails', message, cause).finding]
    }
    return [unavailable('unavailable', message, cause, retryable).finding]
  }
}

async function findingsOn(
  pool: ClientPool,
  config: CheckedPostgresConfig,
): Promise<readonly Finding[]> {
  try {
    const { findings, ofStores, schema } = await inspectServer(pool, config, 'all')
    const isUsable = schema !== undefined && errorOfFindings(findings) === undefined
    if (!isUsable) return findings
    const ofTables = await inspectTables(pool, schema, config)
    return [...findings, ...ofStores, ...ofTables, ...(await inspectUpkeep(pool, schema, config))]
  } finally {
    await pool.close()
  }
}
