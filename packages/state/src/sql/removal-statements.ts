import {
  byJsonText,
  compileStatement,
  sessionOf,
  type Removal,
  type SessionColumns,
  type SqlDatabase,
} from '@harborage/core/sql'
import { sql } from 'kysely'
import type { StateTables } from './tables.ts'

/** Compiles what empties every slot of a session. */
export function compileScopeRemoval({ builder }: SqlDatabase): Removal<SessionColumns> {
  const db = builder.$extendTables<StateTables>()
  return {
    name: 'state_delete_scope',
    // The order of commits and batches, so that a removal cannot deadlock with one of them.
    lock: compileStatement(
      'state_lock_scope',
      (at: SessionColumns) =>
        db
          .with('locked', (within) =>
            within
              .selectFrom('state_records')
              .select('kind')
              .where((where) => where.and(sessionOf(at)))
              .orderBy(byJsonText(['run_id', 'kind']))
              .forUpdate(),
          )
          .selectFrom('locked')
          .select(sql<number>`count(*)`.as('count')),
      { repeat: 'reads' },
    ),
    remove: compileStatement(
      'state_delete_scope',
      (at: SessionColumns) =>
        db.deleteFrom('state_records').where((where) => where.and(sessionOf(at))),
      { repeat: 'never' },
    ),
    findLeft: compileStatement(
      'state_find_in_scope',
      (at: SessionColumns) =>
        db
          .selectFrom('state_records')
          .select('kind')
          .where((where) => where.and(sessionOf(at)))
          .limit(sql.lit(1)),
      { repeat: 'reads' },
    ),
  }
}
