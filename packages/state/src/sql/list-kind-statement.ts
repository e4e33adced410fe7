import { compileStatement, type SqlDatabase, type SqlStatement } from '@harborage/core/sql'
import { sql, type Kysely, type SelectQueryBuilder } from 'kysely'
import {
  bytesUpTo,
  pagedNames,
  sizeOfBytes,
  type PagedSlot,
  type SizeColumn,
} from './paged-content.ts'
import { slot, type SlotColumns } from './row-columns.ts'
import type { StateTables } from './tables.ts'

/** The place after which a page of `listKind` begins, and where its kinds end. */
export interface ListKindPageParameters extends SlotColumns {
  readonly end_kind: string
  readonly limit: number
  readonly inline_bytes: number
}

type StateDatabase = Kysely<StateTables>

/** The order of the walk. */
const byKind = ['kind', 'tenant_id', 'user_id', 'session_id', 'run_id'] as const

/** Compiles a page of the walk across all identities, ordered by kind and then by place. */
export function compileListKindPage(
  database: SqlDatabase,
): SqlStatement<ListKindPageParameters, PagedSlot> {
  const db = database.builder.$extendTables<StateTables>()
  return compileStatement(
    'state_list_kind_page',
    (page: ListKindPageParameters) =>
      database.traits.updatesWriteEveryIndex
        ? recordsOf(db, page, (records) =>
            records.select([...slot, ...pagedNames]).select(bytesUpTo(page.inline_bytes)),
          )
        : pageOf(db, 'state_records', page)
            .select([...slot, ...pagedNames])
            .select(bytesUpTo(page.inline_bytes)),
    { repeat: 'reads' },
  )
}

/** Compiles the sizes of what a page of {@link compileListKindPage} would hold. */
export function compileListKindPageSizes(
  database: SqlDatabase,
): SqlStatement<ListKindPageParameters, SizeColumn> {
  const db = database.builder.$extendTables<StateTables>()
  return compileStatement(
    'state_list_kind_page_sizes',
    (page: ListKindPageParameters) =>
      database.traits.updatesWriteEveryIndex
        ? recordsOf(db, page, (records) => records.select(sizeOfBytes()))
        : pageOf(db, 'state_records', page).select(sizeOfBytes()),
    { repeat: 'reads' },
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
function recordsOf<Columns>(
  db: StateDatabase,
  page: ListKindPageParameters,
  select: (
    records: SelectQueryBuilder<
      StateTables & { page: SlotColumns },
      'state_records' | 'page',
      Pick<SlotColumns, never>
    >,
  ) => SelectQueryBuilder<StateTables & { page: SlotColumns }, 'state_records' | 'page', Columns>,
) {
  let query = db
    .selectFrom(pageOf(db, 'state_kinds', page).select(slot).as('page'))
    .innerJoinLateral(
      (records) =>
        select(records.selectFrom('state_records'))
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
    .selectAll('record')
  for (const column of byKind) query = query.orderBy(`page.${column}`)
  return query
}
