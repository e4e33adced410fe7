import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { NoTables } from '../sql-calls.ts'
import type { ColumnType } from '../table-spec.ts'

/** Returns the Postgres type of a value. */
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

/** Returns the Postgres type of a column. */
export async function postgresColumnType(
  type: ColumnType,
  db: Kysely<NoTables>,
): Promise<RawBuilder<unknown>> {
  if (type === 'text') return sql`text collate "C"`
  // Compresses nearly as well as the server's default, and writes several times as fast.
  if (type === 'large_bytes' && (await hasLz4(db))) return sql`bytea compression lz4`
  return postgresValueType(type)
}

/** Returns whether the server was built with lz4. */
async function hasLz4(db: Kysely<NoTables>): Promise<boolean> {
  const { rows } = await sql<{ known: unknown }>`
    select 1 as known from pg_catalog.pg_settings
    where name = 'default_toast_compression' and 'lz4' = any(enumvals)`.execute(db)
  return rows.length > 0
}
