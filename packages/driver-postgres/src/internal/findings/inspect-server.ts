import type { Finding } from '@harborage/core'
import type { CheckedPostgresConfig } from '../../postgres-config.ts'
import type { ClientPool } from '../client-pool.ts'
import { statementFailure } from '../postgres-failure.ts'
import { StatementRunner } from '../connections.ts'
import { clientFindings, openTransaction } from './client-findings.ts'
import { z } from 'zod'
import { IN_RECOVERY, READ_ONLY } from '../failure-messages.ts'

/** The findings about a server from one query. */
export interface ServerInspection {
  readonly findings: readonly Finding[]
  /** The findings that matter only once a store is opened. */
  readonly ofStores: readonly Finding[]
  /** The schema of the tables, or `undefined` if there is none or it could not be read. */
  readonly schema: string | undefined
}

/**
 * Reads facts from the server and resolves to findings about them. Sends nothing on a client that
 * cannot be used.
 *
 * @throws PostgresFailure if the query fails.
 */
export async function inspectServer(
  pool: ClientPool,
  config: CheckedPostgresConfig,
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
    const { rows } = await runner.run(client, serverQuery, serverQueryValues(config.schema))
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

/** The missing privilege: to use the schema, to create its tables, or to create the schema. */
export type MissingRight = 'use_schema' | 'make_tables' | 'make_schema'

/** Facts about the server and the connection to it. */
export interface ServerFacts {
  readonly version: number
  readonly encoding: string
  readonly clientEncoding: string
  /** The role's current schema, if it has one. */
  readonly schema: string | null
  readonly isInRecovery: boolean
  readonly isReadOnly: boolean
  /** The connection limit of the role. Negative if there is none. */
  readonly roleLimit: number
  /** The connection limit of the database. Negative if there is none. */
  readonly databaseLimit: number
  /** The privilege that the role lacks to use the schema, or to create what is missing. */
  readonly missingRight: MissingRight | null
  /** Whether bytes come back from the server unchanged. */
  readonly keepsBytes: boolean
}

/** All byte values. */
const PROBE = Uint8Array.from({ length: 256 }, (_, byte) => byte)

/**
 * The query for the facts. It is prepared like every statement, so it fails if a pooler does not
 * support that.
 */
export const serverQuery: { readonly name: string; readonly sql: string } = {
  name: 'open',
  sql: `select current_setting('server_version_num') as version,
    current_setting('server_encoding') as encoding,
    current_setting('client_encoding') as client_encoding,
    current_schema() as schema,
    pg_is_in_recovery()::text as recovering,
    current_setting('default_transaction_read_only') as read_only,
    (select case when rolsuper then -1 else rolconnlimit end from pg_roles
      where rolname = session_user) as role_limit,
    (select datconnlimit from pg_database where datname = current_database()) as database_limit,
    (select case
        when n.oid is null then
          case when not has_database_privilege(current_database(), 'CREATE') then 'make_schema' end
        when not has_schema_privilege(n.oid, 'USAGE') then 'use_schema'
        when not has_schema_privilege(n.oid, 'CREATE') and not exists (
          select from pg_class c where c.relnamespace = n.oid and c.relname ~ '^harbor_.+_migrations$')
          then 'make_tables'
      end
      from (select coalesce($2::text, current_schema()::text) as name) place
      left join pg_namespace n on n.nspname = place.name
      where place.name is not null) as missing_right,
    $1::bytea as bytes`,
}

/** Returns the values of the query. */
export function serverQueryValues(schema: string | undefined): unknown[] {
  return [PROBE, schema ?? null]
}

const serverRow = z.object({
  version: z.coerce.number(),
  encoding: z.string(),
  client_encoding: z.string(),
  schema: z.string().nullable(),
  recovering: z.string(),
  read_only: z.string(),
  role_limit: z.coerce.number(),
  database_limit: z.coerce.number(),
  missing_right: z.enum(['use_schema', 'make_tables', 'make_schema']).nullable(),
  // The client may return anything.
  bytes: z.unknown(),
})

/** Returns the facts in a row of the answer. */
export function readServerFacts(row: unknown): ServerFacts {
  const read = serverRow.parse(row)
  return {
    version: read.version,
    encoding: read.encoding,
    clientEncoding: read.client_encoding,
    schema: read.schema,
    isInRecovery: read.recovering === 'true',
    isReadOnly: read.read_only === 'on',
    roleLimit: read.role_limit,
    databaseLimit: read.database_limit,
    missingRight: read.missing_right,
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
      facts.isReadOnly && { name: 'read_only', grade: 'fails', message: READ_ONLY, mayPass: true },
    limitFinding('the role', facts.roleLimit, config),
    limitFinding('the database', facts.databaseLimit, config),
  ]
  return findings.filter((finding) => finding !== false)
}

function limitFinding(
  owner: string,
  limit: number,
  { max, pool }: CheckedPostgresConfig,
): Finding | false {
  if (limit < 0 || limit >= max || pool !== undefined) return false
  return {
    name: 'connection_limit',
    grade: 'slows',
    message:
      `${owner} may have ${limit} connections at a time, and max is ${max}: lower max so that all processes together ` +
      'stay below the limit, or raise it (CONNECTION LIMIT)',
  }
}

/** Returns a finding if the role cannot use the schema, or cannot create what is missing. */
function rightsFindings({ missingRight }: ServerFacts, schema: string): readonly Finding[] {
  if (missingRight === null) return []
  return [{ name: 'missing_right', grade: 'fails', message: messageOfRight(missingRight, schema) }]
}

function messageOfRight(right: MissingRight, schema: string): string {
  if (right === 'use_schema') return `the role lacks USAGE on the schema ${schema}: grant it`
  return right === 'make_tables'
    ? `the role lacks CREATE on the schema ${schema}, in which no store has tables yet: grant it, or ${ELSEWHERE}`
    : `the role lacks CREATE on the database, and the schema ${schema} does not exist: grant it, or ${ELSEWHERE}`
}

const ELSEWHERE = "open each store once under a role that has it, and here with migrate: 'verify'"
