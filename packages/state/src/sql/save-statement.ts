import {
  compileStatement,
  type BatchRules,
  type SqlBatch,
  type SqlDatabase,
  type SqlStatement,
} from '@harborage/core/sql'
import {
  sql,
  type Expression,
  type InsertQueryBuilder,
  type InsertResult,
  type RawBuilder,
  type SqlBool,
} from 'kysely'
import { isExpired } from './expiry.ts'
import { ofRow, ofRows, type CommitMarks } from './row-columns.ts'
import { stateRecords, type StateRecordRow, type StateTables } from './tables.ts'
import { creationOver, isNotOnTrail, isOutsideCommit, pushOnTrail } from './slot-expressions.ts'

type Insert = InsertQueryBuilder<StateTables, 'state_records', InsertResult>

/** How concurrent saves are combined in one statement. */
const saveBatch: BatchRules<StateRecordRow> = {
  columns: stateRecords.columns,
  nameOf: ({ event_id }) => event_id,
}

/** Compiles the save that writes unless the slot holds the event id or has replaced it. */
export function compileSave(database: SqlDatabase): SqlStatement<StateRecordRow, unknown> {
  const into = intoRecords(database)
  const batch = compileSaveBatch(database)
  return compileStatement(
    'state_save',
    (row: StateRecordRow) =>
      replaceWhere(database, into.values(stateRecords.rowOf(row)), isNew(database)),
    {
      ...ofRow,
      repeat: 'recognized',
      batch: batch && { ...batch, selective: compileSelectiveBatch(database) },
    },
  )
}

function compileSaveBatch(database: SqlDatabase): SqlBatch<StateRecordRow> | undefined {
  return database.dialect.compileBatch<StateRecordRow>(
    'state_save_batch',
    saveBatch,
    ({ columns, rows }) => replacingNew(database, columns, rows),
  )
}

/**
 * Compiles the batch that leaves out every save whose event id is already in a slot of the tenant:
 * such a save would write nothing, or fail and with it the batch.
 */
function compileSelectiveBatch(database: SqlDatabase): SqlBatch<StateRecordRow> | undefined {
  return database.dialect.compileBatch<StateRecordRow>(
    'state_save_selective_batch',
    saveBatch,
    ({ columns, rowsWhere }) =>
      replacingNew(database, columns, rowsWhere(columns, [isUnused(database)])),
  )
}

/** Returns the condition that no slot of the tenant holds the event id of a call of a batch. */
export function isUnused({ builder }: SqlDatabase): RawBuilder<SqlBool> {
  const held = builder
    .$extendTables<StateTables>()
    .selectFrom('state_records')
    .select(sql.lit(1).as('one'))
    .where('state_records.tenant_id', '=', sql.ref<string>('call.tenant_id'))
    .where('state_records.event_id', '=', sql.ref<string>('call.event_id'))
    .where('state_records.event_id', '<>', sql.lit(''))
    .limit(sql.lit(1))
  return sql<SqlBool>`${held} is null`
}

/**
 * Builds the statement that saves rows into their slots and returns the event ids that it wrote.
 */
function replacingNew(
  database: SqlDatabase,
  columns: readonly (keyof StateRecordRow)[],
  rows: RawBuilder<unknown>,
) {
  const into = intoRecords(database).columns(columns).expression(rows)
  return replaceWhere(database, into, isNew(database)).returning('event_id')
}

/**
 * Compiles the save within a commit, which also does not overwrite an event id that the commit
 * itself saves.
 */
export function compileSaveInCommit(
  database: SqlDatabase,
): SqlStatement<StateRecordRow & CommitMarks, unknown> {
  const { dialect } = database
  return compileStatement(
    'state_save_in_commit',
    (row: StateRecordRow & CommitMarks) =>
      replaceWhere(
        database,
        intoRecords(database).values(stateRecords.rowOf(row)),
        isNew(database),
        isOutsideCommit(dialect, row),
      ),
    { repeat: 'recognized' },
  )
}

/** Compiles the commit of saves without expectations, which writes all of them or none. */
export function compileSaveAll(
  database: SqlDatabase,
): SqlStatement<readonly StateRecordRow[], unknown> | undefined {
  return database.dialect.compileAllOrNone<StateRecordRow>(
    'state_save_all',
    database,
    stateRecords.columns,
    ({ columns, rows, isNoneOf }) =>
      replaceWhere(
        database,
        intoRecords(database).columns(columns).expression(rows),
        isNew(database),
        isNoneOf(sql`state_records.event_id`, 'event_id'),
      ).returning(sql.lit(1).as('one')),
    { repeat: 'recognized', ...ofRows },
  )
}

/**
 * Compiles the save into a slot that is empty, or whose record has expired and holds no event id
 * that the commit itself saves.
 */
export function compileSaveIntoEmpty(
  database: SqlDatabase,
): SqlStatement<StateRecordRow & CommitMarks, unknown> {
  return compileStatement(
    'state_save_into_empty',
    (row: StateRecordRow & CommitMarks) =>
      replaceWhere(
        database,
        intoRecords(database).values(stateRecords.rowOf(row)),
        isNew(database),
        hasExpired(database),
        isOutsideCommit(database.dialect, row),
      ),
    { repeat: 'recognized', ...ofRow },
  )
}

/** Returns the condition that the record of a slot has expired. */
export function hasExpired({ dialect }: SqlDatabase): RawBuilder<SqlBool> {
  return sql`${isExpired(dialect)} = 1`
}

/** Begins an insert of records. */
export function intoRecords({ builder }: SqlDatabase): Insert {
  return builder.$extendTables<StateTables>().insertInto('state_records')
}

/** Makes an insert replace what its slot holds, on these conditions. */
export function replaceWhere(
  { dialect }: SqlDatabase,
  insert: Insert,
  ...conditions: readonly Expression<SqlBool>[]
): Insert {
  return insert.onConflict((conflict) =>
    conflict
      .columns(stateRecords.key)
      .doUpdateSet((update) => ({
        event_id: update.ref('excluded.event_id'),
        version: update.ref('excluded.version'),
        updated_at: update.ref('excluded.updated_at'),
        event_trail: pushOnTrail(newMark),
        created_at: creationOver(dialect, sql`excluded.created_at`),
        expiry: update.ref('excluded.expiry'),
        bytes: update.ref('excluded.bytes'),
      }))
      .where((where) => where.and(conditions)),
  )
}

const newMark = sql<string>`excluded.event_trail`

/** Returns the condition that a slot neither holds nor remembers the event id to save. */
export function isNew({ dialect }: SqlDatabase): RawBuilder<SqlBool> {
  return isNotOnTrail(dialect, newMark)
}
