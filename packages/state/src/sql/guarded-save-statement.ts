import { compileStatement, type SqlDatabase, type SqlStatement } from '@harborage/core/sql'
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { isVisible } from './expiry.ts'
import { ofRow } from './row-columns.ts'
import { hasExpired, intoRecords, isNew, isUnused, replaceWhere } from './save-statement.ts'
import { stateRecords, type StateRecordRow, type StateTables } from './tables.ts'

/** The other slot of the run on which a save depends. */
interface GuardColumns {
  readonly guard_kind: string
  /** The event id that it has to hold. */
  readonly guard_event_id: string
  /** The event id of the record itself if its own slot has to be empty; otherwise `''`. */
  readonly filling_event_id: string
}

/** A row to save if another slot of its run holds an event id. */
export type GuardedRow = StateRecordRow & GuardColumns

const columns = {
  ...stateRecords.columns,
  guard_kind: 'text',
  guard_event_id: 'text',
  filling_event_id: 'text',
} as const

/** The columns of the row to save. */
const saved = stateRecords.except()

/**
 * Compiles the save that writes if another slot of the run holds an event id, which it keeps others
 * from changing meanwhile. Otherwise it writes as `state_save` does, or as `state_save_into_empty`.
 */
export function compileGuardedSave(database: SqlDatabase): SqlStatement<GuardedRow, unknown> {
  const { dialect } = database
  const into = intoRecords(database).columns(saved)
  const replacing = (rows: RawBuilder<unknown>, isNotFilling: RawBuilder<SqlBool>) =>
    replaceWhere(database, into.expression(rows), isNew(database), orExpired(isNotFilling))
  const orExpired = (isNotFilling: RawBuilder<SqlBool>) =>
    sql<SqlBool>`(${isNotFilling} or ${hasExpired(database)})`
  const newEventId = sql`excluded.event_id`

  const compileBatch = (name: string, ...conditions: readonly RawBuilder<SqlBool>[]) =>
    dialect.compileBatch<GuardedRow>(
      name,
      { columns, nameOf: ({ event_id }) => event_id },
      (calls) => {
        const isGuarded = isHeld(database, (column) => sql.ref(`call.${column}`))
        const rows = calls.rowsWhere(saved, [...conditions, isGuarded])
        const isNotFilling = calls.isNoneOf(newEventId, 'filling_event_id')
        return replacing(rows, isNotFilling).returning('event_id')
      },
    )
  const batch = compileBatch('state_save_guarded_batch')
  const selective = compileBatch('state_save_guarded_selective_batch', isUnused(database))
  return compileStatement(
    'state_save_guarded',
    (row: GuardedRow) => {
      const values = saved.map((column) => {
        const type = dialect.valueType(stateRecords.columns[column])
        const value = sql`${row[column]}`
        return type === undefined ? value : sql`cast(${value} as ${type})`
      })
      const isGuarded = isHeld(database, (column) => sql`${row[column]}`)
      return replacing(
        sql`select ${sql.join(values)} where ${isGuarded}`,
        sql<SqlBool>`${newEventId} <> ${row.filling_event_id}`,
      )
    },
    {
      ...ofRow,
      sharedKeysOf: (row) => [stateRecords.keyText({ ...row, kind: row.guard_kind })],
      repeat: 'recognized',
      // A framework saves what tasks wrote and then what comes of it.
      isGathered: true,
      batch: batch && { ...batch, selective },
    },
  )
}

/** Returns the condition that the other slot holds its event id, and locks it in that case. */
function isHeld(
  { builder, dialect }: SqlDatabase,
  valueOf: (column: keyof GuardedRow) => RawBuilder<unknown>,
): RawBuilder<SqlBool> {
  const is = (column: keyof StateRecordRow, value: keyof GuardedRow) =>
    sql<SqlBool>`${sql.ref(`state_records.${column}`)} = ${valueOf(value)}`
  const held = builder
    .$extendTables<StateTables>()
    .selectFrom('state_records')
    .select(sql.lit(1).as('one'))
    .where((where) =>
      where.and([
        is('tenant_id', 'tenant_id'),
        is('user_id', 'user_id'),
        is('session_id', 'session_id'),
        is('run_id', 'run_id'),
        is('kind', 'guard_kind'),
        is('event_id', 'guard_event_id'),
        isVisible(dialect),
      ]),
    )
    .limit(sql.lit(1))
  return sql<SqlBool>`${dialect.shareRows(held)} is not null`
}
