import type { SqlDialect } from '@harborage/core/sql'
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { NEVER } from './tables.ts'

/** Returns 1 if a stream of a list has expired, else 0. */
export function isExpiredInRead({ readTime }: SqlDialect): RawBuilder<number> {
  const expiresAt = sql.ref('expires_at')
  return sql<number>`case when ${expiresAt} = ${sql.lit(NEVER)} then 0
    when ${expiresAt} > ${readTime} then 0 else 1 end`
}

/**
 * Returns the condition that a stream has not expired.
 *
 * @param column The column of its expiry.
 */
export function isVisible({ now }: SqlDialect, column = 'expires_at'): RawBuilder<SqlBool> {
  const expiresAt = sql.ref(column)
  // The comparison alone, which planners can estimate, holds for almost every row.
  return sql<SqlBool>`(${expiresAt} = ${sql.lit(NEVER)} or ${expiresAt} > ${now})`
}
