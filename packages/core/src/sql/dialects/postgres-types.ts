import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { NoTables } from '../sql-calls.ts'
import type { ColumnType } from '../table-spec.ts'

/** The type of a value on Postgres. */
export function postgresValueType(type: ColumnType): RawBuilder<unknown> {
  switch (type) {
    case 'text':
      return sql`text`
    case 'integer':
    case 'timestamp':
      return sql`bigint`
    case 'bytes':
    case 'large_bytes':
      return sql`bytea`
  }
}

/** The type of a column on Postgres. */
export async function postgresColumnType(
  type: ColumnType,
  db: Kysely<NoTables>,
): Promise<RawBuilder<unknown>> {
  if (type === 'text') return sql`text collate "C"`
  // Nearly as small as the server's default method makes them, and several times as fast to write.
  if (type === 'large_bytes' && (await hasLz4(db))) return sql`bytea compression lz4`
  return postgresValueType(type)
}

/** A server may have been built without it. */
async function hasLz4(db: Kysely<NoTables>): Promise<boolean> {
  const { rows } = await sql<{ known: unknown }>`
    select 1 as known from pg_catalog.pg_settings
    where name = 'default_toast_compression' and 'lz4' = any(enumvals)`.execute(db)
  return rows.length > 0
}
