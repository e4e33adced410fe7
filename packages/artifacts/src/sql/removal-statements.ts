import {
  byJsonText,
  compileStatement,
  sessionOf,
  type Removal,
  type SessionColumns,
  type SqlDatabase,
} from '@harborage/core/sql'
import { sql } from 'kysely'
import type { ArtifactTables } from './tables.ts'

/** Compiles what removes every artifact of a session. */
export function compileScopeRemoval({ builder }: SqlDatabase): Removal<SessionColumns> {
  const db = builder.$extendTables<ArtifactTables>()
  return {
    name: 'artifacts_delete_scope',
    // The order of batches of puts, so that a removal cannot deadlock with another one.
    lock: compileStatement(
      'artifacts_lock_scope',
      (at: SessionColumns) =>
        db
          .with('locked', (within) =>
            within
              .selectFrom('artifacts_blobs')
              .select('id')
              .where((where) => where.and(sessionOf(at)))
              .orderBy(byJsonText(['task_id', 'namespace', 'id']))
              .forUpdate(),
          )
          .selectFrom('locked')
          .select(sql<number>`count(*)`.as('count')),
      { repeat: 'reads' },
    ),
    remove: compileStatement(
      'artifacts_delete_scope',
      (at: SessionColumns) =>
        db.deleteFrom('artifacts_blobs').where((where) => where.and(sessionOf(at))),
      { repeat: 'never' },
    ),
    findLeft: compileStatement(
      'artifacts_find_in_scope',
      (at: SessionColumns) =>
        db
          .selectFrom('artifacts_blobs')
          .select('id')
          .where((where) => where.and(sessionOf(at)))
          .limit(sql.lit(1)),
      { repeat: 'reads' },
    ),
  }
}
