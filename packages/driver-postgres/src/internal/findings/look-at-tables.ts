import type { Finding } from '@harborage/core'
import type { CheckedPostgresConfig } from '../../postgres-config.ts'
import type { ClientPool } from '../client-pool.ts'
import { statementFailure } from '../postgres-failure.ts'
import { StatementRunner } from '../connections.ts'
import { readTableFacts, tableQuestion } from './table-facts.ts'
import { tableFindings } from './table-findings.ts'

/**
 * Looks at the tables of all stores that a schema has. What a store misses is only known to the store.
 *
 * @throws PostgresFailure
 */
export async function lookAtTables(
  pool: ClientPool,
  schema: string,
  config: CheckedPostgresConfig,
): Promise<readonly Finding[]> {
  const client = await pool.acquire()
  let isBroken = true
  try {
    const values = tableQuestion.bind({ schema, names: undefined })
    const { rows } = await new StatementRunner(config).run(client, tableQuestion, values)
    isBroken = false
    return tableFindings(rows.map(readTableFacts))
  } catch (error) {
    throw statementFailure(error)
  } finally {
    pool.release(client, isBroken)
  }
}
