import type { Finding } from '@harborage/core'
import type { CompiledSql } from '@harborage/core/sql'
import type { CheckedPostgresConfig } from '../../postgres-config.ts'
import type { ClientPool } from '../client-pool.ts'
import { statementFailure } from '../postgres-failure.ts'
import { StatementRunner } from '../connections.ts'
import { clientFindings, openTransaction } from './client-findings.ts'
import { z } from 'zod'
import { IN_RECOVERY, READ_ONLY } from '../failure-messages.ts'
import { inspectRole, type RoleInspection } from './inspect-role.ts'

/** The findings about a server from one query. */
export interface ServerInspection {
  readonly findings: readonly Finding[]
  /** The findings that matter only once a store is opened, if all were asked for. */
  readonly ofStores: readonly Finding[]
  /** The schema of the tables, or `undefined` if there is none or it could not be read. */
  readonly schema: string | undefined
}

/**
 * Reads facts from the server and resolves to findings about them. Sends nothing on a client that
 * cannot be used.
 *
 * @param extent Whether to read only what matters to opening, or also the limits and rights of the
 * role, which take the server longer.
 * @throws PostgresFailure if the query fails.
 */
export async function inspectServer(
  pool: ClientPool,
  config: CheckedPostgresConfig,
  extent: 'opening' | 'all',
): Promise<ServerInspection> {
  const client = await pool.acquire()
  let isBroken = true
  try {
    const found = clientFindings(client)
    if (found.length > 0) {
      isBroken = false
      return { findings: found, ofStores: [], schema: undefined }
    }
    const runner = new StatementRunner(config)
    const { rows } = await runner.run(client, serverQuery, [PROBE])
    const facts = readServerFacts(rows[0])
    const schema = config.schema ?? facts.schema ?? undefined
    const { limits, rights } =
      extent === 'all' ? await inspectRole(runner, client, schema, config) : NONE
    isBroken = false
    const left = pool.hasDiscarded ? [openTransaction] : []
    return {
      findings: [...left, ...serverFindings(facts, config), ...limits],
      ofStores: rights,
      schema,
    }
  } catch (error) {
    throw statementFailure(error)
  } finally {
    pool.release(client, isBroken)
  }
}

const NONE: RoleInspection = { limits: [], rights: [] }

/** Facts about the server and the connection to it. */
interface ServerFacts {
  readonly version: number
  readonly encoding: string
  readonly clientEncoding: string
  /** The role's current schema, if it has one. */
  readonly schema: string | null
  readonly isInRecovery: boolean
  readonly isReadOnly: boolean
  /** Whether bytes come back from the server unchanged. */
  readonly keepsBytes: boolean
}

/** All byte values. */
const PROBE = Uint8Array.from({ length: 256 }, (_, byte) => byte)

/**
 * The query for the facts. It is prepared like every statement, so it fails if a pooler does not
 * support that.
 */
const serverQuery: CompiledSql = {
  name: 'open',
  sql: `select current_setting('server_version_num') as version,
    current_setting('server_encoding') as encoding,
    current_setting('client_encoding') as client_encoding,
    current_schema() as schema,
    pg_is_in_recovery()::text as recovering,
    current_setting('default_transaction_read_only') as read_only,
    $1::bytea as bytes`,
}

const serverRow = z.object({
  version: z.coerce.number(),
  encoding: z.string(),
  client_encoding: z.string(),
  schema: z.string().nullable(),
  recovering: z.string(),
  read_only: z.string(),
  // The client may return anything.
  bytes: z.unknown(),
})

/** Returns the facts in a row of the answer. */
function readServerFacts(row: unknown): ServerFacts {
  const read = serverRow.parse(row)
  return {
    version: read.version,
    encoding: read.encoding,
    clientEncoding: read.client_encoding,
    schema: read.schema,
    isInRecovery: read.recovering === 'true',
    isReadOnly: read.read_only === 'on',
    keepsBytes: ArrayBuffer.isView(read.bytes) && sameBytes(read.bytes),
  }
}

function sameBytes({ buffer, byteOffset, byteLength }: ArrayBufferView): boolean {
  return Buffer.from(buffer, byteOffset, byteLength).equals(PROBE)
}

const OLDEST_SERVER = 14

/** The message if there is no schema for the tables. */
export const NO_SCHEMA: string = 'the role has no current schema: pass the option schema'

/** Returns the problems of the server and of the connection to it. */
function serverFindings(facts: ServerFacts, config: CheckedPostgresConfig): readonly Finding[] {
  const findings: readonly (Finding | false)[] = [
    facts.version < OLDEST_SERVER * 10_000 && {
      name: 'old_server',
      grade: 'fails',
      message: `the server is older than Postgres ${OLDEST_SERVER}: upgrade it`,
    },
    facts.encoding !== 'UTF8' && {
      name: 'database_encoding',
      grade: 'loses_data',
      message: `the encoding of the database is ${facts.encoding}, which lacks characters: create a database with encoding 'UTF8'`,
    },
    facts.clientEncoding !== 'UTF8' && {
      name: 'client_encoding',
      grade: 'loses_data',
      message: `the client encoding of the connection is ${facts.clientEncoding}, but pg reads UTF8: leave client_encoding out of its options`,
    },
    !facts.keepsBytes && {
      name: 'spoiled_bytes',
      grade: 'loses_data',
      message:
        'bytes do not come back from the server as they were sent: pass a Pool of the package pg, without its option binary',
    },
    (config.schema ?? facts.schema) === null && {
      name: 'no_schema',
      grade: 'fails',
      message: NO_SCHEMA,
    },
    facts.isInRecovery && {
      name: 'in_recovery',
      grade: 'fails',
      message: IN_RECOVERY,
      mayPass: true,
    },
    !facts.isInRecovery &&
      !config.readOnly &&
      facts.isReadOnly && { name: 'read_only', grade: 'fails', message: READ_ONLY, mayPass: true },
  ]
  return findings.filter((finding) => finding !== false)
}
