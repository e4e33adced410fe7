import {
  compileDirectory,
  compileOnce,
  compileRuns,
  compileStatement,
  sessionOf,
  type DirectoryStatements,
  type SessionColumns,
  type SqlDatabase,
  type SqlDialect,
  type SqlStatement,
} from '@harborage/core/sql'
import { sql } from 'kysely'
import { compileDump, type DumpStatements } from './dump-statements.ts'
import { compileLists, type ListStatements } from './list-statements.ts'
import { compileLoadMany, type LoadMany } from './load-many-statement.ts'
import { isExpired, isVisible, isVisibleUnless } from './expiry.ts'
import { compileFindUnder, type KindAndEvent, type PrefixParameters } from './prefix-statement.ts'
import { compilePrune, type PruneStatements } from './prune.ts'
import {
  contentColumns,
  ofRow,
  ofSlot,
  rowColumns,
  type ExpiredColumn,
  type MayBeExpired,
  runColumns,
  type CommitMarks,
  type ContentColumns,
  type RunRow,
  type SlotColumns,
} from './row-columns.ts'
import { compileStateRemovals, type StateRemovals } from './removals.ts'
import { compileGuardedSave, type GuardedRow } from './guarded-save-statement.ts'
import {
  compileSave,
  compileSaveAll,
  compileSaveInCommit,
  compileSaveIntoEmpty,
} from './save-statement.ts'
import { stateRecords, type StateRecordRow, type StateTables } from './tables.ts'
import { creationOver, isNotOnTrail, pushOnTrail } from './slot-expressions.ts'

/** The event id that a statement searches for or expects. */
export type EventColumn = Pick<StateRecordRow, 'event_id'>

/** A generation that a statement finds: a slot with its event id. */
export type GenerationColumns = SlotColumns & EventColumn & MayBeExpired

/** A row that was read to decide a save. */
export type InspectedRow = StateRecordRow & ExpiredColumn

/** A generation and its new expiry. */
type TouchColumns = SlotColumns & EventColumn & Pick<StateRecordRow, 'expiry'>

interface ExpectedEventColumn {
  readonly expected_event_id: string
}

/** Every statement of the state store, compiled once when it opens. */
export interface StateStatements extends ListStatements {
  /** The parts that differ between engines. */
  readonly dialect: SqlDialect
  /** Reads the record of a slot, whether or not it has expired. */
  readonly loadHeld: SqlStatement<SlotColumns, ContentColumns>
  /** Reads the record of a slot unless it has expired. */
  readonly load: SqlStatement<SlotColumns, ContentColumns>
  readonly loadMany: LoadMany
  readonly loadByEventId: SqlStatement<SessionColumns & EventColumn, RunRow>
  /**
   * The rows that decide a save: that of its slot and that of the slot which holds its event id.
   */
  readonly inspect: SqlStatement<SlotColumns & EventColumn, InspectedRow>
  /** The event id that a slot holds. */
  readonly findEventId: SqlStatement<SlotColumns, EventColumn & ExpiredColumn>
  /** Locks a slot that holds the event id against changes until the transaction ends. */
  readonly lock: SqlStatement<GenerationColumns, EventColumn>
  /** Finds the slots of a run under a prefix. */
  readonly findUnder: SqlStatement<PrefixParameters, KindAndEvent>
  /** Writes unless the slot holds the event id or has replaced it. */
  readonly save: SqlStatement<StateRecordRow, unknown>
  /** Writes like {@link save}, but not if the slot holds another event id of the same commit. */
  readonly saveInCommit: SqlStatement<StateRecordRow & CommitMarks, unknown>
  /**
   * Writes like {@link saveInCommit}, many sorted slots or none. `undefined` on engines without
   * such a statement.
   */
  readonly saveAll: SqlStatement<readonly StateRecordRow[], unknown> | undefined
  /** Writes if the slot is empty or its record has expired, and the event id is unused. */
  readonly saveIntoEmpty: SqlStatement<StateRecordRow & CommitMarks, unknown>
  /** Writes if the slot has no row and the event id is unused. */
  readonly insert: SqlStatement<StateRecordRow, unknown>
  /** Writes if the slot holds the expected event id and has not replaced the new one. */
  readonly saveOver: SqlStatement<StateRecordRow & ExpectedEventColumn & MayBeExpired, unknown>
  /**
   * Writes like {@link save}, or like {@link saveIntoEmpty}, if another slot of the run holds an
   * event id.
   */
  readonly saveGuarded: SqlStatement<GuardedRow, unknown>
  readonly delete: SqlStatement<SlotColumns, unknown>
  readonly deleteGeneration: SqlStatement<GenerationColumns, unknown>
  /** Writes the expiry of a record that has not expired. */
  readonly touch: SqlStatement<TouchColumns, unknown>
  readonly removals: StateRemovals
  /** The time by the clock of the database, in milliseconds. */
  readonly now: SqlStatement<object, { readonly now: number }>
  readonly directory: DirectoryStatements
  readonly dump: DumpStatements
  readonly prune: PruneStatements
}

/** Picks the columns of a slot. */
const slotOf = stateRecords.keyOf

/** Compiles the statements, once for all databases of one engine and schema. */
export const compileStateStatements: (database: SqlDatabase) => StateStatements =
  compileOnce(compileAll)

function compileAll(database: SqlDatabase): StateStatements {
  return {
    dialect: database.dialect,
    ...compileReads(database),
    ...compileWrites(database),
    ...compileLists(database),
    dump: compileDump(database),
    prune: compilePrune(database),
    directory: {
      ...compileDirectory('state', database, stateRecords.spec),
      runs: compileRuns('state', database, stateRecords.spec),
    },
  }
}

function compileReads(
  database: SqlDatabase,
): Pick<
  StateStatements,
  | 'loadHeld'
  | 'load'
  | 'loadMany'
  | 'loadByEventId'
  | 'inspect'
  | 'findEventId'
  | 'findUnder'
  | 'lock'
  | 'now'
> {
  const db = database.builder.$extendTables<StateTables>()
  const { dialect } = database
  const expired = isExpired(dialect).as('is_expired')
  const contentOf = (at: SlotColumns) =>
    db
      .selectFrom('state_records')
      .select(contentColumns)
      .where((where) => where.and(slotOf(at)))
  return {
    loadHeld: compileStatement('state_load_held', contentOf, {
      repeat: 'reads',
      isPointRead: true,
    }),
    load: compileStatement(
      'state_load',
      (at: SlotColumns) => contentOf(at).where(isVisible(dialect)),
      { repeat: 'reads', isPointRead: true },
    ),
    loadMany: compileLoadMany(database),
    findUnder: compileFindUnder(database),
    now: compileStatement('state_now', () => db.selectNoFrom(dialect.now.as('now')), {
      repeat: 'reads',
      isPointRead: true,
    }),
    loadByEventId: compileStatement(
      'state_load_by_event_id',
      (at: SessionColumns & EventColumn) =>
        db
          .selectFrom('state_records')
          .select(runColumns)
          .where((where) => where.and({ ...sessionOf(at), event_id: at.event_id }))
          .where('event_id', '<>', sql.lit(''))
          .where(isVisible(dialect)),
      { repeat: 'reads', isPointRead: true },
    ),
    // Two lookups by unique keys. Joined by OR, Postgres would scan the table while it has no
    // statistics of it.
    inspect: compileStatement(
      'state_inspect',
      (at: SlotColumns & EventColumn) =>
        db
          .selectFrom('state_records')
          .select(rowColumns)
          .select(expired)
          .where((where) => where.and(slotOf(at)))
          .unionAll(
            db
              .selectFrom('state_records')
              .select(rowColumns)
              .select(expired)
              .where((where) => where.and({ tenant_id: at.tenant_id, event_id: at.event_id }))
              .where('event_id', '<>', sql.lit('')),
          ),
      { repeat: 'reads' },
    ),
    findEventId: compileStatement(
      'state_find_event_id',
      (at: SlotColumns) =>
        db
          .selectFrom('state_records')
          .select('event_id')
          .select(expired)
          .where((where) => where.and(slotOf(at))),
      { repeat: 'reads', isPointRead: true },
    ),
    lock: compileStatement(
      'state_lock',
      (at: GenerationColumns) =>
        dialect.shareRows(
          db
            .selectFrom('state_records')
            .select('event_id')
            .where((where) => where.and({ ...slotOf(at), event_id: at.event_id }))
            .where(isVisibleUnless(dialect, at)),
        ),
      { repeat: 'reads' },
    ),
  }
}

function compileWrites(
  database: SqlDatabase,
): Pick<
  StateStatements,
  | 'save'
  | 'saveInCommit'
  | 'saveAll'
  | 'saveIntoEmpty'
  | 'insert'
  | 'saveOver'
  | 'saveGuarded'
  | 'delete'
  | 'deleteGeneration'
  | 'touch'
  | 'removals'
> {
  const db = database.builder.$extendTables<StateTables>()
  const { dialect } = database
  return {
    save: compileSave(database),
    saveInCommit: compileSaveInCommit(database),
    saveAll: compileSaveAll(database),
    saveIntoEmpty: compileSaveIntoEmpty(database),
    insert: compileStatement(
      'state_insert',
      (row: StateRecordRow) =>
        db
          .insertInto('state_records')
          .values(stateRecords.rowOf(row))
          .onConflict((conflict) => conflict.doNothing()),
      { repeat: 'recognized', ...ofRow },
    ),
    saveOver: compileStatement(
      'state_save_over',
      (row: StateRecordRow & ExpectedEventColumn & MayBeExpired) =>
        db
          .updateTable('state_records')
          .set({
            event_id: row.event_id,
            version: row.version,
            updated_at: row.updated_at,
            event_trail: pushOnTrail(sql<string>`${row.event_trail}`),
            created_at: creationOver(dialect, sql<number>`${row.created_at}`),
            expiry: row.expiry,
            bytes: row.bytes,
          })
          .where((where) => where.and({ ...slotOf(row), event_id: row.expected_event_id }))
          .where(isNotOnTrail(dialect, sql<string>`${row.event_trail}`))
          .where(isVisibleUnless(dialect, row)),
      { repeat: 'recognized', ...ofRow },
    ),
    saveGuarded: compileGuardedSave(database),
    delete: compileStatement(
      'state_delete',
      (at: SlotColumns) => db.deleteFrom('state_records').where((where) => where.and(slotOf(at))),
      { repeat: 'never', ...ofSlot },
    ),
    deleteGeneration: compileStatement(
      'state_delete_generation',
      (at: GenerationColumns) =>
        db
          .deleteFrom('state_records')
          .where((where) => where.and({ ...slotOf(at), event_id: at.event_id }))
          .where(isVisibleUnless(dialect, at)),
      { repeat: 'recognized', ...ofSlot },
    ),
    touch: compileStatement(
      'state_touch',
      (at: TouchColumns) =>
        db
          .updateTable('state_records')
          .set({ expiry: at.expiry })
          .where((where) => where.and({ ...slotOf(at), event_id: at.event_id }))
          .where(isVisible(dialect)),
      { repeat: 'never', ...ofSlot },
    ),
    removals: compileStateRemovals(database),
  }
}
