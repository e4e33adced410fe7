import { isSqlFailure, type SqlDatabase } from '@harborage/core/sql'
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { StoreName } from '../profile/profile.ts'
import { readRows, tableIn } from './read-rows.ts'

/** How many things of a kind a store has. */
export interface RecordCount {
  /** What is counted, such as `slots`. */
  readonly things: string
  /** `undefined` if the table is gone or another release laid it out otherwise. */
  readonly count: number | undefined
  /**
   * How many of them have expired: they are hidden until a `prune` removes them. `undefined` if
   * these things do not expire, or another release laid the table out.
   */
  readonly expired?: number
}

/** What is counted of a store, and the expression and the conditions that count it. */
interface Counted {
  readonly things: string
  readonly table: string
  readonly column?: string
  readonly kinds?: string
  readonly isExpired?: (now: RawBuilder<number>) => RawBuilder<SqlBool>
}

// The text of an expiry begins with its time. After it comes the mark of the event id it is of.
const isExpiredSlot = (now: RawBuilder<number>): RawBuilder<SqlBool> =>
  sql`expiry <> '' and substr(expiry, 17) = substr(event_trail, 1, 12)
    and cast(substr(expiry, 1, 16) as bigint) <= ${now}`

const isExpiredArtifact = (now: RawBuilder<number>): RawBuilder<SqlBool> =>
  sql`expires_at <= ${now}`

const isExpiredStream = (now: RawBuilder<number>): RawBuilder<SqlBool> =>
  sql`expires_at <> 0 and expires_at <= ${now}`

const counted: Readonly<Record<StoreName, readonly Counted[]>> = {
  state: [{ things: 'slots', table: 'state_records', isExpired: isExpiredSlot }],
  artifacts: [{ things: 'artifacts', table: 'artifacts_blobs', isExpired: isExpiredArtifact }],
  memory: [
    { things: 'conversations', table: 'memory_state', kinds: 'memory.state' },
    { things: 'turns', table: 'memory_state', kinds: 'memory.turn/%' },
    { things: 'passages', table: 'memory_passages' },
  ],
  journal: [
    { things: 'streams', table: 'journal_streams', isExpired: isExpiredStream },
    { things: 'entries', table: 'journal_streams', column: 'length', isExpired: isExpiredStream },
  ],
}

/**
 * Counts what a store has. It needs no open store, so it works on the tables of any release.
 *
 * @param isCurrent Whether the tables are those of this release. Only of these it is known what has
 * expired.
 */
export async function countRecords(
  database: SqlDatabase,
  store: StoreName,
  isCurrent: boolean,
): Promise<readonly RecordCount[]> {
  const counts: RecordCount[] = []
  for (const each of counted[store]) {
    const { things, kinds, isExpired } = each
    const where = kinds === undefined ? undefined : sql<SqlBool>`kind like ${sql.lit(kinds)}`
    const count = await countOne(database, each, things, where)
    const expired =
      isCurrent && isExpired !== undefined && count !== undefined
        ? await countOne(database, each, `expired_${things}`, isExpired(database.dialect.readTime))
        : undefined
    counts.push({ things, count, ...(expired !== undefined && { expired }) })
  }
  return counts
}

/** @param what What is counted, for logs. */
async function countOne(
  database: SqlDatabase,
  { table, column }: Counted,
  what: string,
  condition: RawBuilder<SqlBool> | undefined,
): Promise<number | undefined> {
  const number = column === undefined ? sql`count(*)` : sql`coalesce(sum(${sql.ref(column)}), 0)`
  const where = condition === undefined ? sql`` : sql` where ${condition}`
  const query = sql<{
    count: unknown
  }>`select ${number} as count from ${tableIn(database, table)}${where}`
  try {
    const [row] = await readRows(database, `count_${what}`, query)
    return Number(row?.count ?? 0)
  } catch (error) {
    if (isSqlFailure(error, 'missing_table')) return undefined
    throw error
  }
}
