import { z } from 'zod'

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
    $1::bytea as bytes`,
}

/** Returns the values of the question. */
export function serverQuestionValues(): unknown[] {
  return [PROBE]
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
    keepsBytes: ArrayBuffer.isView(read.bytes) && sameBytes(read.bytes),
  }
}

function sameBytes({ buffer, byteOffset, byteLength }: ArrayBufferView): boolean {
  return Buffer.from(buffer, byteOffset, byteLength).equals(PROBE)
}
