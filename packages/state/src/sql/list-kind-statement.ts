import {
  compileStatement,
  type Compilable,
  type OrderColumn,
  type SqlDatabase,
  type SqlStatement,
} from '@harborage/core/sql'
import { isVisibleInRead } from './expiry.ts'
import { bytesUpTo, pagedNames, sizeOfBytes } from './paged-content.ts'
import type { PagedSlot, SizeColumn, SlotColumns } from './row-columns.ts'
import { stateRecords } from './tables.ts'

/**
 * The parameters of a page of `listKind`: the slot after which it begins, and the upper bound of
 * its kinds.
 */
export interface ListKindPageParameters extends SlotColumns {
  readonly end_kind: string
  readonly limit: number
  readonly inline_bytes: number
}

/** The order of `listKind`. */
const [byKind] = stateRecords.spec.keyOrders

/**
 * Compiles the statement for a page of `listKind`, ordered by kind, tenant, user, session and run.
 */
export function compileListKindPage(
  database: SqlDatabase,
): SqlStatement<ListKindPageParameters, PagedSlot> {
  return compileStatement(
    'state_list_kind_page',
    (page: ListKindPageParameters) =>
      pageOf<PagedSlot>(database, page, [
        ...stateRecords.key,
        ...pagedNames,
        bytesUpTo(page.inline_bytes),
      ]),
    { repeat: 'reads' },
  )
}

/**
 * Compiles the statement for the sizes of the records that {@link compileListKindPage} would read.
 */
export function compileListKindPageSizes(
  database: SqlDatabase,
): SqlStatement<ListKindPageParameters, SizeColumn> {
  return compileStatement(
    'state_list_kind_page_sizes',
    (page: ListKindPageParameters) => pageOf<SizeColumn>(database, page, [sizeOfBytes()]),
    { repeat: 'reads' },
  )
}

function pageOf<Row>(
  database: SqlDatabase,
  page: ListKindPageParameters,
  columns: readonly OrderColumn[],
): Compilable<Row> {
  return database.dialect.keyOrders.pageOf<Row>(
    database,
    stateRecords.spec,
    byKind,
    {
      after: byKind.columns.map((column) => page[column]),
      end: page.end_kind,
      limit: page.limit,
    },
    columns,
    isVisibleInRead(database.dialect),
  )
}
