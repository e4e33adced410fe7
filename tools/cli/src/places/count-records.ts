import { isSqlFailure, type SqlDatabase } from '@harborage/core/sql'
import { sql } from 'kysely'
import type { StoreName } from '../profile/profile.ts'
import { readRows, tableIn } from './read-rows.ts'

/** How many things of a kind a store has. */
export interface RecordCount {
  /** What is counted, such as `slots`. */
  readonly things: string
  /** `undefined` if the table is gone or another release laid it out otherwise. */
  readonly count: number | undefined
}

/** What is counted of a store, and the expression and the condition that count it. */
interface Counted {
  readonly things: string
  readonly table: string
  readonly column?: string
  readonly kinds?: string
}

const counted: Readonly<Record<StoreName, readonly Counted[]>> = {
  state: [{ things: 'slots', table: 'state_records' }],
  artifacts: [{ things: 'artifacts', table: 'artifacts_blobs' }],
  memory: [
    { things: 'conversations', table: 'memory_state', kinds: 'memory.state' },
    { things: 'turns', table: 'memory_state', kinds: 'memory.turn/%' },
    { things: 'passages', table: 'memory_passages' },
  ],
  journal: [
    { things: 'streams', table: 'journal_streams' },
    { things: 'entries', table: 'journal_streams', column: 'length' },
  ],
}

/** Counts what a store has. It needs no open store, so it works on the tables of any release. */
export async function countRecords(
  database: SqlDatabase,
  store: StoreName,
): Promise<readonly RecordCount[]> {
  const counts: RecordCount[] = []
  for (const each of counted[store]) {
    counts.push({ things: each.things, count: await countOne(database, each) })
  }
  return counts
}

async function countOne(database: SqlDatabase, each: Counted): Promise<number | undefined> {
  const { table, column, kinds, things } = each
  const number = column === undefined ? sql`count(*)` : sql`coalesce(sum(${sql.ref(column)}), 0)`
  const where = kinds === undefined ? sql`` : sql` where kind like ${sql.lit(kinds)}`
  const query = sql<{
    count: unknown
  }>`select ${number} as count from ${tableIn(database, table)}${where}`
  try {
    const [row] = await readRows(database, `count_${things}`, query)
    return Number(row?.count ?? 0)
  } catch (error) {
    if (isSqlFailure(error, 'missing_table')) return undefined
    throw error
  }
}
