import {
  compileStatement,
  compileTableWalk,
  type SqlDatabase,
  type SqlStatement,
  type TableWalk,
} from '@harborage/core/sql'
import { ofRow, rowColumns, type SlotColumns } from './row-columns.ts'
import { intoRecords } from './save-statement.ts'
import { stateRecords, type StateRecordRow, type StateTables } from './tables.ts'

/** The statements that dump all slots, and load them. */
export interface DumpStatements {
  readonly walk: TableWalk<StateRecordRow>
  /** The whole row of a slot. */
  readonly find: SqlStatement<SlotColumns, StateRecordRow>
  /** Writes a row if its slot is empty and its event id is unused. */
  readonly load: SqlStatement<StateRecordRow, unknown>
}

/** Compiles the statements. */
export function compileDump(database: SqlDatabase): DumpStatements {
  const db = database.builder.$extendTables<StateTables>()
  const { columns, key, keyText, keyOf, rowOf } = stateRecords
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
    walk: compileTableWalk('state_dump', database, stateRecords.spec),
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
