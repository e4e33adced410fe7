import {
  compileBatch,
  compileStatement,
  type BatchRules,
  type SqlDatabase,
  type SqlStatement,
} from '@harborage/core/sql'
import { sql, type InsertQueryBuilder, type InsertResult } from 'kysely'
import { rowOf, slot } from './row-columns.ts'
import type { StateRecordRow, StateTables } from './tables.ts'
import { placeOnTrail, pushOnTrail } from './trail-expressions.ts'

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
  // The first is the text by which commits sort their slots: so a batch cannot deadlock with one of them either.
  keysOf: ({ tenant_id, user_id, session_id, run_id, kind, event_id }) => [
    JSON.stringify([tenant_id, user_id, session_id, run_id, kind]),
    event_id,
  ],
  nameOf: ({ event_id }) => event_id,
}

/** Compiles the save that writes unless the slot holds or has replaced the event id. */
export function compileSave(database: SqlDatabase): SqlStatement<StateRecordRow, unknown> {
  const { traits } = database
  const into = database.builder.$extendTables<StateTables>().insertInto('state_records')
  const newMark = sql<string>`excluded.event_trail`
  const replaceUnlessKnown = (insert: Insert): Insert =>
    insert.onConflict((conflict) =>
      conflict
        .columns(slot)
        .doUpdateSet((update) => ({
          event_id: update.ref('excluded.event_id'),
          version: update.ref('excluded.version'),
          updated_at: update.ref('excluded.updated_at'),
          event_trail: pushOnTrail(newMark),
          bytes: update.ref('excluded.bytes'),
        }))
        .where(placeOnTrail(traits, newMark), '=', sql.lit(0)),
    )
  const save = (row: StateRecordRow): Insert => replaceUnlessKnown(into.values(rowOf(row)))
  if (!traits.batches) return compileStatement('state_save', save)
  const batch = compileBatch('state_save_batch', saveBatch, (columns, calls) =>
    replaceUnlessKnown(into.columns(columns).expression(calls)).returning('event_id'),
  )
  return compileStatement('state_save', save, { batch })
}
