import { sql } from 'kysely'
import { forAnyTables } from './any-tables.ts'
import type { Removal } from './removal.ts'
import { sessionOf, type SessionColumns } from './session-columns.ts'
import type { SqlDatabase } from './sql-database.ts'
import { compileStatement } from './sql-statement.ts'
import type { TableSpec } from './table-spec.ts'

/** How many columns of a key name its session. */
const SESSION_COLUMNS = 3

/**
 * Compiles what removes every row of a session from a table.
 *
 * @param store Begins the names of the statements.
 * @param table Its key begins with the session.
 */
export function compileScopeRemoval(
  store: string,
  { builder, dialect }: SqlDatabase,
  { name, key }: TableSpec,
): Removal<SessionColumns> {
  const db = forAnyTables(builder)
  const ofSession = key.slice(SESSION_COLUMNS)
  const last = ofSession.slice(-1)
  return {
    name: `${store}_delete_scope`,
    // The order of commits and batches, so that a removal cannot deadlock with one of them.
    lock: compileStatement(
      `${store}_lock_scope`,
      (at: SessionColumns) =>
        db
          .with('locked', (within) =>
            dialect.lockRows(
              within
                .selectFrom(name)
                .select(last)
                .where((where) => where.and({ ...sessionOf(at) })),
              ofSession,
            ),
          )
          .selectFrom('locked')
          .select(sql<number>`count(*)`.as('count')),
      { repeat: 'reads' },
    ),
    remove: compileStatement(
      `${store}_delete_scope`,
      (at: SessionColumns) => db.deleteFrom(name).where((where) => where.and({ ...sessionOf(at) })),
      { repeat: 'never' },
    ),
    findLeft: compileStatement(
      `${store}_find_in_scope`,
      (at: SessionColumns) =>
        db
          .selectFrom(name)
          .select(last)
          .where((where) => where.and({ ...sessionOf(at) }))
          .limit(sql.lit(1)),
      { repeat: 'reads' },
    ),
  }
}
