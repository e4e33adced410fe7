import { sql, type RawBuilder } from 'kysely'

/**
 * Orders rows of equal other columns as those who write several rows order them: by the JSON text of
 * their keys. For engines with row locks.
 */
export function byJsonText(columns: readonly string[]): RawBuilder<string> {
  const texts = columns.map((column) => sql`to_json(${sql.ref(column)})::text`)
  return sql<string>`(${sql.join(texts, sql` || ',' || `)}) collate "C"`
}
