import type { SqlDialect } from '@harborage/core/sql'
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { MARK_CHARACTERS, TRAIL_CHARACTERS } from './event-trail.ts'
import { isExpired } from './expiry.ts'
import type { CommitMarks } from './row-columns.ts'
import { NOT_RECORDED } from './tables.ts'

/** Returns the condition that a slot neither holds nor remembers the event id of a mark. */
export function isNotOnTrail(dialect: SqlDialect, mark: RawBuilder<string>): RawBuilder<SqlBool> {
  return lacks(dialect, sql`state_records.event_trail`, mark)
}

/** Returns the condition that a slot holds none of the event ids that a commit saves. */
export function isOutsideCommit(
  dialect: SqlDialect,
  { commit_marks }: CommitMarks,
): RawBuilder<SqlBool> {
  const held = sql`substr(state_records.event_trail, 1, ${sql.lit(MARK_CHARACTERS)})`
  return lacks(dialect, sql`${commit_marks}`, held)
}

/** Returns a slot's trail with a new mark in front, cut to the marks that it has room for. */
export function pushOnTrail(mark: RawBuilder<string>): RawBuilder<string> {
  return sql<string>`substr(${mark} || state_records.event_trail, 1, ${sql.lit(TRAIL_CHARACTERS)})`
}

/**
 * Returns the `created_at` of a slot whose record is replaced: the one that it has, or the new one
 * if that record has expired. What an earlier release filled gets the oldest date that is known of
 * it.
 */
export function creationOver(dialect: SqlDialect, created: RawBuilder<number>): RawBuilder<number> {
  return sql<number>`case when ${isExpired(dialect)} = 1 then ${created}
    when state_records.created_at = ${sql.lit(NOT_RECORDED)} then state_records.updated_at
    else state_records.created_at end`
}

function lacks(
  dialect: SqlDialect,
  marks: RawBuilder<unknown>,
  mark: RawBuilder<unknown>,
): RawBuilder<SqlBool> {
  return sql<SqlBool>`${dialect.textPosition(marks, mark)} = 0`
}
