import { compileStatement, type SqlDatabase, type SqlStatement } from '@harborage/core/sql'
import { sql, type Kysely, type SelectQueryBuilder } from 'kysely'
import { placed, slot, type PlacedColumns, type SlotColumns } from './row-columns.ts'
import type { StateTables } from './tables.ts'

/** The place after which a page of `listKind` begins, and where its kinds end. */
export interface ListKindPageParameters extends SlotColumns {
  readonly end_kind: string
  readonly limit: number
}

type StateDatabase = Kysely<StateTables>

/** The order of the walk. */
const byKind = ['kind', 'tenant_id', 'user_id', 'session_id', 'run_id'] as const

/** Compiles a page of the walk across all identities, ordered by kind and then by place. */
export function compileListKindPage(
  database: SqlDatabase,
): SqlStatement<ListKindPageParameters, PlacedColumns> {
  const db = database.builder.$extendTables<StateTables>()
  const { updatesWriteEveryIndex } = database.traits
  return compileStatement('state_list_kind_page', (page: ListKindPageParameters) =>
    updatesWriteEveryIndex
      ? recordsOf(db, pageOf(db, 'state_kinds', page).select(slot))
      : pageOf(db, 'state_records', page).select(placed),
  )
}

function pageOf(
  db: StateDatabase,
  table: 'state_records' | 'state_kinds',
  page: ListKindPageParameters,
) {
  let query = db
    .selectFrom(table)
    .where((where) =>
      where(
        where.refTuple(...byKind),
        '>',
        where.tuple(page.kind, page.tenant_id, page.user_id, page.session_id, page.run_id),
      ),
    )
    .where('kind', '<', page.end_kind)
    .limit(page.limit)
  for (const column of byKind) query = query.orderBy(column)
  return query
}

/** A lookup for each slot of a page, which the limit of one row says: joined freely, both tables may be read whole. */
function recordsOf(
  db: StateDatabase,
  slots: SelectQueryBuilder<StateTables, 'state_records' | 'state_kinds', SlotColumns>,
) {
  let query = db
    .selectFrom(slots.as('page'))
    .innerJoinLateral(
      (records) =>
        records
          .selectFrom('state_records')
          .select(placed)
          .where((where) =>
            where.and(
              slot.map((column) =>
                where(`state_records.${column}`, '=', where.ref(`page.${column}`)),
              ),
            ),
          )
          .limit(sql.lit(1))
          .as('record'),
      (join) => join.onTrue(),
    )
    .select(placed.map((column) => `record.${column}` as const))
  for (const column of byKind) query = query.orderBy(`page.${column}`)
  return query
}
