import type { Finding } from '@harborage/core'
import type { CheckedPostgresConfig } from '../../postgres-config.ts'
import type { ClientPool } from '../client-pool.ts'
import { statementFailure } from '../postgres-failure.ts'
import { StatementRunner } from '../connections.ts'
import { clientFindings, openTransaction } from './client-findings.ts'
import { readServerFacts, serverQuestion, serverQuestionValues } from './server-facts.ts'
import { rightsFindings, serverFindings } from './server-findings.ts'

/** What was found out about a server with one question. */
export interface ServerLook {
  readonly findings: readonly Finding[]
  /** What only matters once a store is opened. */
  readonly ofStores: readonly Finding[]
  /** Where tables are; `undefined` if that could not be asked or there is none. */
  readonly schema: string | undefined
}

/**
 * Asks the server what it is like, unless the client is one on which nothing can be asked.
 *
 * @throws PostgresFailure
 */
export async function lookAtServer(
  pool: ClientPool,
  config: CheckedPostgresConfig,
): Promise<ServerLook> {
  const client = await pool.acquire()
  let isBroken = true
  try {
    const found = clientFindings(client)
    if (found.length > 0) {
      isBroken = false
      return { findings: found, ofStores: [], schema: undefined }
    }
    const runner = new StatementRunner(config)
    const { rows } = await runner.run(client, serverQuestion, serverQuestionValues(config.schema))
    const facts = readServerFacts(rows[0])
    isBroken = false
    const left = pool.hasDiscarded ? [openTransaction] : []
    const schema = config.schema ?? facts.schema ?? undefined
    return {
      findings: [...left, ...serverFindings(facts, config)],
      ofStores: schema === undefined ? [] : rightsFindings(facts, schema),
      schema,
    }
  } catch (error) {
    throw statementFailure(error)
  } finally {
    pool.release(client, isBroken)
  }
}
