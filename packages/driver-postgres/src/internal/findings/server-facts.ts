import { z } from 'zod'

/** To use the schema, to make its tables, or to make it itself. */
export type MissingRight = 'use_schema' | 'make_tables' | 'make_schema'

/** What the server and the connection to it are like. */
export interface ServerFacts {
  readonly version: number
  readonly encoding: string
  readonly clientEncoding: string
  /** The role's current schema, if it has one. */
  readonly schema: string | null
  readonly isInRecovery: boolean
  readonly isReadOnly: boolean
  /** How many connections the role may have; negative: as many as it likes. */
  readonly roleLimit: number
  /** How many connections the database may have; negative: as many as it likes. */
  readonly databaseLimit: number
  /** The right that the role lacks to use the schema, or to make what is not there. */
  readonly missingRight: MissingRight | null
  /** Whether bytes come back as they were sent. */
  readonly keepsBytes: boolean
}

/** Every value of a byte. */
const PROBE = Uint8Array.from({ length: 256 }, (_, byte) => byte)

/** The question for the facts. It is prepared as every statement is, which a pooler may not be able to. */
export const serverQuestion: { readonly name: string; readonly sql: string } = {
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

/** Returns the values of the question. */
export function serverQuestionValues(schema: string | undefined): unknown[] {
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
  // Whatever the client makes of them.
  bytes: z.unknown(),
})

/** Reads the answer to the question. */
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
