import {
  areAfter,
  compileStatement,
  type SqlDatabase,
  type SqlStatement,
} from '@harborage/core/sql'
import { bytesUpTo, sizeOfBytes } from './paged-content.ts'
import {
  ofRow,
  rowColumns,
  type PagedColumns,
  type SizeColumn,
  type SlotColumns,
} from './row-columns.ts'
import { intoRecords } from './save-statement.ts'
import { stateRecords, type StateRecordRow, type StateTables } from './tables.ts'

/** The statements that dump all slots, and load them. */
export interface DumpStatements {
  /** The next rows in the order of the primary key. */
  readonly page: SqlStatement<DumpPageParameters, PagedRow>
  /** The sizes of the rows that {@link page} would read. */
  readonly pageSizes: SqlStatement<DumpPageParameters, SizeColumn>
  /** The whole row of a slot. */
  readonly find: SqlStatement<SlotColumns, StateRecordRow>
  /** Writes a row if its slot is empty and its event id is unused. */
  readonly load: SqlStatement<StateRecordRow, unknown>
}

/** The slot after which a page begins. The bytes of larger rows are not read. */
export interface DumpPageParameters extends SlotColumns {
  readonly limit: number
  readonly inline_bytes: number
}

/** A row whose bytes may not have been read. */
export type PagedRow = Omit<StateRecordRow, 'bytes'> & PagedColumns

const names = rowColumns.filter((column) => column !== 'bytes')

/** Compiles the statements. */
export function compileDump(database: SqlDatabase): DumpStatements {
  const db = database.builder.$extendTables<StateTables>()
  const { columns, key, keyText, keyOf, rowOf } = stateRecords
  const rowsAfter = (at: DumpPageParameters) =>
    key
      .reduce(
        (query, column) => query.orderBy(column),
        db.selectFrom('state_records').where(areAfter(key, (column) => Reflect.get(at, column))),
      )
      .limit(at.limit)
  const batch = database.dialect.compileBatch<StateRecordRow>(
    'state_load_dump_batch',
    { columns, nameOf: keyText },
    (calls) =>
      intoRecords(database)
        .columns(calls.columns)
        .expression(calls.rows)
        .onConflict((conflict) => conflict.doNothing())
        .returning(key),
  )
  return {
    page: compileStatement(
      'state_dump_page',
      (at: DumpPageParameters) => rowsAfter(at).select(names).select(bytesUpTo(at.inline_bytes)),
      { repeat: 'reads' },
    ),
    pageSizes: compileStatement(
      'state_dump_page_sizes',
      (at: DumpPageParameters) => rowsAfter(at).select(sizeOfBytes()),
      { repeat: 'reads' },
    ),
    find: compileStatement(
      'state_find_dumped',
      (at: SlotColumns) =>
        db
          .selectFrom('state_records')
          .select(rowColumns)
          .where((where) => where.and(keyOf(at))),
      { repeat: 'reads', isPointRead: true },
    ),
    load: compileStatement(
      'state_load_dump',
      (row: StateRecordRow) =>
        intoRecords(database)
          .values(rowOf(row))
          .onConflict((conflict) => conflict.doNothing()),
      { ...ofRow, repeat: 'recognized', batch },
    ),
  }
}
