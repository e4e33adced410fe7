import type { SqlDialect } from '@harborage/core/sql'
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { trailMark } from '../event-mark.ts'
import { MARK_CHARACTERS } from './event-trail.ts'
import type { MayBeExpired } from './row-columns.ts'
import type { StateRecordRow } from './tables.ts'

/** The digits of a time in milliseconds since 1970: those of the latest `Date`. */
const TIME_DIGITS = 16

/** The form of an expiry. */
const EXPIRY = /^(?<time>\d{16})(?<mark>[\w\-]{11},)$/v

const columns = {
  expiry: sql`state_records.expiry`,
  /** The mark of the event id that the slot holds. */
  mark: sql`substr(state_records.event_trail, 1, ${sql.lit(MARK_CHARACTERS)})`,
}

/**
 * Returns the expiry of a record as it is stored: its time, and the mark of the event id. An older
 * release that replaces the record leaves the column as it is, and the mark shows that.
 */
export function expiryOf(eventId: string, expiresAt: Date | undefined): string {
  if (expiresAt === undefined) return ''
  return String(expiresAt.getTime()).padStart(TIME_DIGITS, '0') + trailMark(eventId)
}

/**
 * Returns the date in a stored expiry, or `undefined` if it is that of an earlier record. Returns
 * an invalid date if it is damaged.
 */
export function expiresAtOf({
  event_id,
  expiry,
}: Pick<StateRecordRow, 'event_id' | 'expiry'>): Date | undefined {
  const parts = EXPIRY.exec(expiry)?.groups
  if (parts?.['mark'] !== undefined && parts['mark'] !== trailMark(event_id)) return undefined
  return new Date(Number(parts?.['time'] ?? Number.NaN))
}

/**
 * Returns 1 if the record of a slot has expired, else 0. Compares a text and calls nothing for a
 * record that does not expire.
 */
export function isExpired({ now }: SqlDialect): RawBuilder<number> {
  return isExpiredAt(now)
}

/** Returns the same for a statement that reads several rows: all of them at one moment. */
export function isExpiredInRead({ readTime }: SqlDialect): RawBuilder<number> {
  return isExpiredAt(readTime)
}

function isExpiredAt(now: RawBuilder<number>): RawBuilder<number> {
  const { expiry, mark } = columns
  return sql<number>`case when ${expiry} = '' then 0
    when substr(${expiry}, ${sql.lit(TIME_DIGITS + 1)}) <> ${mark} then 0
    when cast(substr(${expiry}, 1, ${sql.lit(TIME_DIGITS)}) as bigint) > ${now} then 0
    else 1 end`
}

/** The expiry of a slot, or `''` if it is that of an earlier record. */
export const ownExpiry: RawBuilder<string> = sql<string>`case
  when substr(${columns.expiry}, ${sql.lit(TIME_DIGITS + 1)}) = ${columns.mark} then ${columns.expiry}
  else '' end`

/** Returns the condition that the record of a slot has not expired. */
export function isVisible(dialect: SqlDialect): RawBuilder<SqlBool> {
  return isNot(isExpired(dialect))
}

/** Returns the same for a statement that reads several rows: all of them at one moment. */
export function isVisibleInRead(dialect: SqlDialect): RawBuilder<SqlBool> {
  return isNot(isExpiredInRead(dialect))
}

function isNot(expired: RawBuilder<number>): RawBuilder<SqlBool> {
  // The comparison alone, which planners can estimate, holds for almost every row.
  return sql<SqlBool>`(${columns.expiry} = '' or ${expired} = 0)`
}

/** Returns the condition that the record of a slot has not expired, or may have. */
export function isVisibleUnless(
  dialect: SqlDialect,
  { may_be_expired }: MayBeExpired,
): RawBuilder<SqlBool> {
  return sql<SqlBool>`${isExpired(dialect)} <= ${may_be_expired}`
}
