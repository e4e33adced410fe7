import { sql } from 'kysely'
import type { Removal } from './dialects/sql-dialect.ts'
import { sessionOf, type SessionColumns } from './session-columns.ts'
import { forAnyTables } from './sql-calls.ts'
import type { SqlDatabase } from './sql-database.ts'
import { compileStatement } from './sql-statement.ts'
import type { TableSpec } from './table-spec.ts'

/**
 * Removes rows atomically and resolves to their number. Runs a single statement if that is enough.
 */
export function removeAll<Parameters>(
  database: SqlDatabase,
  removal: Removal<Parameters>,
  parameters: Parameters,
): Promise<number> {
  const { dialect } = database
  const alone = dialect.removeAlone(removal)
  if (alone !== undefined) return database.changes(alone, parameters)
  return database.transaction({ name: removal.name, repeat: 'never' }, () =>
    dialect.removeAll(removal, parameters),
  )
}

/** The number of leading key columns that identify the session. */
const SESSION_COLUMNS = 3

/**
 * Compiles the removal of all rows of a session from a table.
 *
 * @param store The prefix of the names of the statements.
 * @param table A table whose key begins with the columns of the session.
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
    // The same order as in commits and batches, so that a removal cannot deadlock with them.
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
