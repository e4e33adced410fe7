import type { NoTables, SqlTraits } from '@harborage/core/sql'
import { sql, type Kysely, type RawBuilder } from 'kysely'

/**
 * The type of the column for blobs. Where the server can, it compresses them with lz4: nearly as small as its default
 * method makes them, and several times as fast to write.
 */
export async function blobType(
  db: Kysely<NoTables>,
  traits: SqlTraits,
): Promise<RawBuilder<unknown>> {
  const isCompressed = traits.columnCompression && (await hasLz4(db))
  return sql.raw(isCompressed ? `${traits.bytesType} compression lz4` : traits.bytesType)
}

/** A server may have been built without it. */
async function hasLz4(db: Kysely<NoTables>): Promise<boolean> {
  const { rows } = await sql<{ known: unknown }>`
    select 1 as known from pg_catalog.pg_settings
    where name = 'default_toast_compression' and 'lz4' = any(enumvals)`.execute(db)
  return rows.length > 0
}
