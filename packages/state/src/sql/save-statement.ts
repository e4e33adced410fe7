import {
  compileAllOrNone,
  compileBatch,
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
import { ofRow, ofRows, rowOf, slot } from './row-columns.ts'
import type { StateRecordRow, StateTables } from './tables.ts'
import {
  isNotOnTrail,
  isOutsideCommit,
  pushOnTrail,
  type CommitMarks,
} from './trail-expressions.ts'

type Insert = InsertQueryBuilder<StateTables, 'state_records', InsertResult>

/** How saves that come at the same time go as one statement. */
const saveBatch: BatchRules<StateRecordRow> = {
  columns: {
    tenant_id: 'text',
    user_id: 'text',
    session_id: 'text',
    run_id: 'text',
    kind: 'text',
    event_id: 'text',
    version: 'bigint',
    updated_at: 'bigint',
    event_trail: 'text',
    bytes: 'bytea',
  },
  nameOf: ({ event_id }) => event_id,
}

/** Compiles the save that writes unless the slot holds or has replaced the event id. */
export function compileSave(database: SqlDatabase): SqlStatement<StateRecordRow, unknown> {
  const into = intoRecords(database)
  const save = (row: StateRecordRow): Insert =>
    replaceWhere(into.values(rowOf(row)), isNew(database))
  if (!database.traits.batches)
    return compileStatement('state_save', save, { ...ofRow, repeat: 'recognized' })
  return compileStatement('state_save', save, {
    ...ofRow,
    repeat: 'recognized',
    batch: { ...compileSaveBatch(database), selective: compileSelectiveBatch(database) },
  })
}

function compileSaveBatch(database: SqlDatabase): SqlBatch<StateRecordRow> {
  const into = intoRecords(database)
  return compileBatch('state_save_batch', saveBatch, (columns, calls) =>
    replaceWhere(into.columns(columns).expression(calls), isNew(database)).returning('event_id'),
  )
}

/** Leaves out what has an event id that is there, in whichever slot: it would write nothing, or fail. */
function compileSelectiveBatch(database: SqlDatabase): SqlBatch<StateRecordRow> {
  const into = intoRecords(database)
  const held = database.builder
    .$extendTables<StateTables>()
    .selectFrom('state_records')
    .select(sql.lit(1).as('one'))
    .where('state_records.tenant_id', '=', sql.ref<string>('call.tenant_id'))
    .where('state_records.event_id', '=', sql.ref<string>('call.event_id'))
    .where('state_records.event_id', '<>', sql.lit(''))
    .limit(sql.lit(1))
  return compileBatch('state_save_selective_batch', saveBatch, (columns, calls) => {
    const names = sql.join(columns.map((column) => sql.ref(column)))
    // No `not exists`: a join may change the order of the calls, in which they lock their slots.
    const free = sql`select * from (${calls}) as call (${names}) where ${held} is null`
    return replaceWhere(into.columns(columns).expression(free), isNew(database)).returning(
      'event_id',
    )
  })
}

/** Compiles the save of a commit, which does not write over any event id that the commit saves either. */
export function compileSaveInCommit(
  database: SqlDatabase,
): SqlStatement<StateRecordRow & CommitMarks, unknown> {
  const { traits } = database
  return compileStatement(
    'state_save_in_commit',
    (row: StateRecordRow & CommitMarks) =>
      replaceWhere(
        intoRecords(database).values(rowOf(row)),
        isNew(database),
        isOutsideCommit(traits, row),
      ),
    { repeat: 'recognized' },
  )
}

/** Compiles the commit of saves that expect nothing, as one statement: all of them are written or none. */
export function compileSaveAll(
  database: SqlDatabase,
): SqlStatement<readonly StateRecordRow[], unknown> {
  const { columns } = saveBatch
  return compileAllOrNone(
    'state_save_all',
    database,
    columns,
    (names, calls, arrayOf) =>
      replaceWhere(
        intoRecords(database).columns(names).expression(calls),
        isNew(database),
        sql<boolean>`state_records.event_id <> all(${arrayOf('event_id')})`,
      ).returning(sql.lit(1).as('one')),
    { repeat: 'recognized', ...ofRows },
  )
}

function intoRecords({ builder }: SqlDatabase): Insert {
  return builder.$extendTables<StateTables>().insertInto('state_records')
}

function replaceWhere(insert: Insert, ...conditions: readonly Expression<SqlBool>[]): Insert {
  return insert.onConflict((conflict) =>
    conflict
      .columns(slot)
      .doUpdateSet((update) => ({
        event_id: update.ref('excluded.event_id'),
        version: update.ref('excluded.version'),
        updated_at: update.ref('excluded.updated_at'),
        event_trail: pushOnTrail(newMark),
        bytes: update.ref('excluded.bytes'),
      }))
      .where((where) => where.and(conditions)),
  )
}

const newMark = sql<string>`excluded.event_trail`

function isNew({ traits }: SqlDatabase): RawBuilder<SqlBool> {
  return isNotOnTrail(traits, newMark)
}
