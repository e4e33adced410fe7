import { isSqlFailure, type SqlDatabase } from '@harborage/core/sql'
import { sql } from 'kysely'
import { z } from 'zod'
import { readRows } from './read-rows.ts'

/** What a database says of itself. */
export interface EngineFacts {
  /** The name and version of the engine, such as `SQLite 3.51.1`. */
  readonly engine: string
  /** The name of the database, on a server. */
  readonly name: string | undefined
  /** The schema of the tables, on a server. */
  readonly schema: string | undefined
  /** The size of the whole database in bytes. */
  readonly bytes: number
}

const factsRow = z.object({
  version: z.string(),
  name: z.string().nullable(),
  bytes: z.coerce.number(),
})

/** Asks a database for its version and size. Resolves to `undefined` if there is no file yet. */
export async function describeEngine(database: SqlDatabase): Promise<EngineFacts | undefined> {
  try {
    return await askEngine(database)
  } catch (error) {
    if (isSqlFailure(error, 'missing_table')) return undefined
    throw error
  }
}

async function askEngine(database: SqlDatabase): Promise<EngineFacts> {
  const isSqlite = database.engine === 'sqlite'
  const query = isSqlite
    ? sql`select sqlite_version() as version, null as name,
        (select page_count from pragma_page_count) * (select page_size from pragma_page_size) as bytes`
    : sql`select current_setting('server_version') as version, current_database()::text as name,
        pg_database_size(current_database()) as bytes`
  const [row] = await readRows(database, 'describe_engine', query)
  const { version, name, bytes } = factsRow.parse(row)
  return {
    engine: `${isSqlite ? 'SQLite' : 'PostgreSQL'} ${version}`,
    name: name ?? undefined,
    schema: database.schema,
    bytes,
  }
}
