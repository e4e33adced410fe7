import type { ListOrder } from '@harborage/core'
import { compileStatement, type SqlDatabase, type SqlStatement } from '@harborage/core/sql'
import { sql } from 'kysely'
import { isVisibleInRead } from './expiry.ts'
import type { RangeParameters } from './kind-range.ts'
import { inRange } from './kinds-in-range.ts'
import {
  compileListKindPage,
  compileListKindPageSizes,
  type ListKindPageParameters,
} from './list-kind-statement.ts'
import { bytesUpTo, pagedNames, sizeOfBytes } from './paged-content.ts'
import type { KeyRow, PagedKind, PagedSlot, SizeColumn } from './row-columns.ts'
import type { StateTables } from './tables.ts'

/** A statement for each order. */
type InEitherOrder<Parameters, Row> = Readonly<Record<ListOrder, SqlStatement<Parameters, Row>>>

/** The statements that read ranges of kinds. */
export interface ListStatements {
  readonly listPage: InEitherOrder<ListPageParameters, PagedKind>
  /** The same for few records, which may share a connection with other reads. */
  readonly listFew: InEitherOrder<ListPageParameters, PagedKind>
  /** The sizes of the records that {@link listPage} would read. */
  readonly listPageSizes: InEitherOrder<ListKeysParameters, SizeColumn>
  readonly listKeysPage: InEitherOrder<ListKeysParameters, KeyRow>
  readonly count: SqlStatement<RangeParameters, CountColumn>
  readonly listKindPage: SqlStatement<ListKindPageParameters, PagedSlot>
  /** The sizes of the records that {@link listKindPage} would read. */
  readonly listKindPageSizes: SqlStatement<ListKindPageParameters, SizeColumn>
}

interface ListKeysParameters extends RangeParameters {
  readonly limit: number
}

interface ListPageParameters extends ListKeysParameters {
  readonly inline_bytes: number
}

interface CountColumn {
  readonly count: number
}

/** Compiles the statements. */
export function compileLists(database: SqlDatabase): ListStatements {
  // Without the columns of the identity, which is known: they would be a third of the cost of a
  // row.
  const listPage = {
    ascending: compileStatement(
      'state_list_page',
      (page: ListPageParameters) =>
        pageOf(database, page, 'asc')
          .select(['kind', ...pagedNames])
          .select(bytesUpTo(page.inline_bytes)),
      { repeat: 'reads' },
    ),
    descending: compileStatement(
      'state_list_page_descending',
      (page: ListPageParameters) =>
        pageOf(database, page, 'desc')
          .select(['kind', ...pagedNames])
          .select(bytesUpTo(page.inline_bytes)),
      { repeat: 'reads' },
    ),
  }
  return {
    listPage,
    listFew: {
      ascending: { ...listPage.ascending, isShortRead: true },
      descending: { ...listPage.descending, isShortRead: true },
    },
    listPageSizes: {
      ascending: compileStatement(
        'state_list_page_sizes',
        (page: ListKeysParameters) => pageOf(database, page, 'asc').select(sizeOfBytes()),
        { repeat: 'reads' },
      ),
      descending: compileStatement(
        'state_list_page_sizes_descending',
        (page: ListKeysParameters) => pageOf(database, page, 'desc').select(sizeOfBytes()),
        { repeat: 'reads' },
      ),
    },
    listKeysPage: {
      ascending: compileStatement(
        'state_list_keys_page',
        (page: ListKeysParameters) =>
          pageOf(database, page, 'asc')
            .select(['kind', ...pagedNames])
            .select(sizeOfBytes()),
        { repeat: 'reads' },
      ),
      descending: compileStatement(
        'state_list_keys_page_descending',
        (page: ListKeysParameters) =>
          pageOf(database, page, 'desc')
            .select(['kind', ...pagedNames])
            .select(sizeOfBytes()),
        { repeat: 'reads' },
      ),
    },
    count: compileStatement(
      'state_count',
      (range: RangeParameters) =>
        visibleInRange(database, range).select(sql<number>`count(*)`.as('count')),
      { repeat: 'reads' },
    ),
    listKindPage: compileListKindPage(database),
    listKindPageSizes: compileListKindPageSizes(database),
  }
}

function pageOf(database: SqlDatabase, page: ListKeysParameters, direction: 'asc' | 'desc') {
  return visibleInRange(database, page)
    .where('kind', '<>', page.after_kind)
    .orderBy('run_id', direction)
    .orderBy('kind', direction)
    .limit(page.limit)
}

function visibleInRange({ builder, dialect }: SqlDatabase, range: RangeParameters) {
  return inRange(builder.$extendTables<StateTables>(), range).where(isVisibleInRead(dialect))
}
