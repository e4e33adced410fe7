import type { SqlDatabase } from '@harborage/core/sql'
import { sql, type RawBuilder } from 'kysely'
import { z } from 'zod'
import type { Selection } from '../arguments/identity-options.ts'
import type { StoreName } from '../profile/profile.ts'
import { readRows, tableIn } from './read-rows.ts'

/** What usage is broken down by. */
export const usageGroups = ['store', 'tenant', 'user', 'kind'] as const

/** What usage is broken down by: a kind is that of slots up to its first slash, and the like. */
export type UsageGroup = (typeof usageGroups)[number]

/** How much is in one group of one store. */
export interface UsageRow {
  readonly store: StoreName
  /** `''` if it is not broken down by tenants. */
  readonly tenantId: string
  /** `''` if it is not broken down by users, or belongs to a tenant itself. */
  readonly userId: string
  /** `''` if it is not broken down by kinds. */
  readonly kind: string
  readonly records: number
  /** The size of the content in bytes, without names, dates and indexes. */
  readonly bytes: number
}

/** The rows of a store: its tables, what is its kind, and how it is counted. */
interface UsageSource {
  readonly from: RawBuilder<unknown>
  readonly kind: string
  readonly records: RawBuilder<unknown>
  readonly bytes: RawBuilder<unknown>
  /** The column of a run or a task; artifacts are of no run. */
  readonly hasRuns: boolean
}

const usageRow = z.object({
  tenant: z.string(),
  owner: z.string(),
  kind: z.string(),
  records: z.coerce.number(),
  bytes: z.coerce.number(),
})

/** Adds up what a store has in a database, of a selection or of all tenants. */
export async function readUsage(
  database: SqlDatabase,
  store: StoreName,
  by: UsageGroup,
  selection?: Selection,
): Promise<readonly UsageRow[]> {
  const { from, kind, records, bytes, hasRuns } = sourceOf(database, store)
  if (!hasRuns && selection !== undefined && selection.runId !== '') return []
  const groups = {
    tenant: by === 'tenant' || by === 'user' ? sql.ref('s.tenant_id') : EMPTY,
    owner: by === 'user' ? sql.ref('s.user_id') : EMPTY,
    kind: by === 'kind' ? firstPart(database, kind) : EMPTY,
  }
  const grouped = Object.values(groups).filter((group) => group !== EMPTY)
  const groupBy = grouped.length === 0 ? sql`` : sql` group by ${sql.join(grouped)}`
  const query = sql`select ${groups.tenant} as tenant, ${groups.owner} as owner,
    ${groups.kind} as kind, ${records} as records, coalesce(${bytes}, 0) as bytes
    from ${from}${conditionOf(selection, hasRuns)}${groupBy}`
  const rows = await readRows(database, `usage_${store}_${by}`, query)
  return rows
    .map((row) => usageRow.parse(row))
    .filter((row) => row.records > 0)
    .map((row) => ({
      store,
      tenantId: row.tenant,
      userId: row.owner,
      kind: row.kind,
      records: row.records,
      bytes: row.bytes,
    }))
}

const EMPTY = sql`''`

/** What passages count as, beside the kinds of the rows of conversations. */
const PASSAGE_KIND = 'memory.passage'

function sourceOf(database: SqlDatabase, store: StoreName): UsageSource {
  const table = (name: string): RawBuilder<unknown> => tableIn(database, name)
  const records = sql`count(*)`
  const bytes = sql`sum(length(s.bytes))`
  switch (store) {
    case 'state':
      return {
        from: sql`${table('state_records')} s`,
        kind: 's.kind',
        records,
        bytes,
        hasRuns: true,
      }
    case 'memory':
      return {
        from: sql`(
          select tenant_id, user_id, session_id, run_id, kind, bytes from ${table('memory_state')}
          union all
          select tenant_id, user_id, session_id, run_id, ${sql.lit(PASSAGE_KIND)}, bytes
          from ${table('memory_passages')}) s`,
        kind: 's.kind',
        records,
        bytes,
        hasRuns: true,
      }
    case 'artifacts':
      return {
        from: sql`${table('artifacts_blobs')} s`,
        kind: 's.namespace',
        records,
        bytes: sql`sum(s.size_bytes)`,
        hasRuns: false,
      }
    case 'journal':
      return {
        // An entry that was dropped has a negative position, and a replacement has no content.
        from: sql`${table('journal_streams')} s left join ${table('journal_entries')} e
          on e.tenant_id = s.tenant_id and e.generation = s.generation and e.position > 0
          and e.replaced_after = -1`,
        kind: 's.stream',
        records: sql`count(e.position)`,
        bytes: sql`sum(length(e.bytes))`,
        hasRuns: true,
      }
  }
}

/** Returns the part of a name before its first slash. */
function firstPart({ engine }: SqlDatabase, column: string): RawBuilder<unknown> {
  const name = sql.ref(column)
  return engine === 'sqlite'
    ? sql`substr(${name}, 1, instr(${name} || '/', '/') - 1)`
    : sql`split_part(${name}, '/', 1)`
}

/** Returns the condition that selects the rows `s` of a selection; nothing for all. */
export function conditionOf(
  selection: Selection | undefined,
  hasRuns: boolean,
): RawBuilder<unknown> {
  if (selection === undefined) return sql``
  const { tenantId, userId, sessionId, runId } = selection
  const conditions = [
    sql`s.tenant_id = ${tenantId}`,
    ...(userId === '' ? [] : [sql`s.user_id = ${userId}`]),
    ...(sessionId === '' ? [] : [sql`s.session_id = ${sessionId}`]),
    ...(runId === '' || !hasRuns ? [] : [sql`s.run_id = ${runId}`]),
  ]
  return sql` where ${sql.join(conditions, sql` and `)}`
}
