import { sql, type RawBuilder } from 'kysely'
import type { Selection } from '../arguments/identity-options.ts'
import type { CommandRun } from '../command.ts'
import type { DumpName, StoreName } from '../profile/profile.ts'
import type { OpenPlace } from './open-place.ts'
import { readRows, tableIn } from './read-rows.ts'
import { conditionOf } from './read-usage.ts'
import { usageOfPlace } from './usage-of-place.ts'

/** How much work each store of some places is. Those that are not known are left out. */
export type WorkCounts = ReadonlyMap<DumpName, number>

/**
 * Counts the records that a command goes through, for the time left. Where there is no terminal to
 * show it on, it counts nothing. It never rejects.
 *
 * @param work `dumped` counts the records of a dump, and `deleted` what a deletion counts: slots,
 * artifacts, conversations and streams.
 */
export async function countWork(
  { streams }: Pick<CommandRun, 'streams'>,
  places: readonly OpenPlace[],
  work: 'dumped' | 'deleted',
  selection?: Selection,
): Promise<WorkCounts> {
  const counts = new Map<StoreName, number>()
  if (streams.stderr.isTTY !== true) return counts
  for (const place of places) {
    for (const store of place.place.stores) {
      if (place.stores[store] === undefined) continue
      try {
        counts.set(store, await countStore(place, store, work, selection))
      } catch {
        // The command itself says what is wrong, if it meets it: without a total there is no time
        // left to show.
      }
    }
  }
  return counts
}

async function countStore(
  place: OpenPlace,
  store: StoreName,
  work: 'dumped' | 'deleted',
  selection: Selection | undefined,
): Promise<number> {
  const { database } = place
  if (database === undefined) {
    const rows = await usageOfPlace(place, 'store', selection)
    return rows.reduce((sum, { records }) => sum + records, 0)
  }
  const isOfRun = selection !== undefined && selection.runId !== ''
  if (store === 'artifacts' && isOfRun) return 0
  const condition = conditionOf(selection, store !== 'artifacts')
  const table = sql`${tableIn(database, tables[store])} s`
  const heads = sql`(select count(*) from ${table}${condition}${isHeader(store, selection)})`
  const entries = sql`(select count(*) from ${table} join ${tableIn(database, 'journal_entries')} e
    on e.tenant_id = s.tenant_id and e.generation = s.generation${condition})`
  const total = store === 'journal' && work === 'dumped' ? sql`${heads} + ${entries}` : heads
  const [row] = await readRows(
    database,
    `count_${work}_${store}`,
    sql<{ count: unknown }>`select ${total} as count`,
  )
  return Number(row?.count ?? 0)
}

const tables: Readonly<Record<StoreName, string>> = {
  state: 'state_records',
  artifacts: 'artifacts_blobs',
  memory: 'memory_state',
  journal: 'journal_streams',
}

/** Returns the condition that selects one row of each conversation. */
function isHeader(store: StoreName, selection: Selection | undefined): RawBuilder<unknown> {
  if (store !== 'memory') return sql``
  return selection === undefined
    ? sql` where s.kind = 'memory.state'`
    : sql` and s.kind = 'memory.state'`
}
