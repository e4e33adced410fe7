import {
  compileStatement,
  type Compilable,
  type OrderColumn,
  type SqlDatabase,
  type SqlStatement,
} from '@harborage/core/sql'
import { bytesUpTo, pagedNames, sizeOfBytes } from './paged-content.ts'
import type { PagedSlot, SizeColumn, SlotColumns } from './row-columns.ts'
import { stateRecords } from './tables.ts'

/** The place after which a page of `listKind` begins, and where its kinds end. */
export interface ListKindPageParameters extends SlotColumns {
  readonly end_kind: string
  readonly limit: number
  readonly inline_bytes: number
}

/** The order of the walk. */
const [byKind] = stateRecords.spec.keyOrders

/** Compiles a page of the walk across all identities, ordered by kind and then by place. */
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

/** Compiles the sizes of what a page of {@link compileListKindPage} would hold. */
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
  )
}
