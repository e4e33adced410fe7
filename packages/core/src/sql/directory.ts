import type { RunIdentity } from '../identity.ts'
import type { DirectoryPage } from '../kit/directory.ts'
import { distinctKeys, type DistinctKeys } from './distinct-keys.ts'
import { ownerColumns, placeAfter, type OwnerColumns } from './owner-columns.ts'
import type { SqlDatabase } from './sql-database.ts'
import { compileStatement, type Compilable, type SqlStatement } from './sql-statement.ts'
import type { KeyedTable } from './table-spec.ts'

interface DirectoryParameters extends OwnerColumns {
  readonly limit: number
}

type DirectoryStatement = SqlStatement<DirectoryParameters, Record<string, string>>

/** The statements of a directory, by what they find and where. */
export interface DirectoryStatements {
  readonly tenants: DirectoryStatement
  readonly users: DirectoryStatement
  readonly sessionsOfTenant: DirectoryStatement
  readonly sessionsOfUser: DirectoryStatement
  /** Only of a store with runs. */
  readonly runs?: DirectoryStatement
}

/**
 * Compiles the statements of the directory of a store.
 *
 * @param directory The prefix of the names of the statements.
 * @param table A table whose key begins with the columns of the session.
 */
export function compileDirectory(
  directory: string,
  database: SqlDatabase,
  table: KeyedTable,
): DirectoryStatements {
  const pageOf = pageIn(database, table)
  return {
    tenants: compileStatement(
      `${directory}_tenants`,
      pageOf({ owned: [], walked: ['tenant_id'] }),
      { repeat: 'reads' },
    ),
    users: compileStatement(
      `${directory}_users`,
      pageOf({ owned: ['tenant_id'], walked: ['user_id'] }),
      { repeat: 'reads' },
    ),
    sessionsOfTenant: compileStatement(
      `${directory}_sessions_of_tenant`,
      pageOf({ owned: ['tenant_id'], walked: ['user_id', 'session_id'] }),
      { repeat: 'reads' },
    ),
    sessionsOfUser: compileStatement(
      `${directory}_sessions_of_user`,
      pageOf({ owned: ['tenant_id', 'user_id'], walked: ['session_id'] }),
      { repeat: 'reads' },
    ),
  }
}

/**
 * Compiles the statement that finds the runs of a session.
 *
 * @param runs The prefix of the name of the statement.
 * @param table A table whose key begins with the columns of the run.
 */
export function compileRuns(
  runs: string,
  database: SqlDatabase,
  table: KeyedTable,
): DirectoryStatement {
  return compileStatement(
    `${runs}_runs`,
    pageIn(
      database,
      table,
    )({
      owned: ['tenant_id', 'user_id', 'session_id'],
      walked: ['run_id'],
    }),
    { repeat: 'reads' },
  )
}

function pageIn(
  database: SqlDatabase,
  table: KeyedTable,
): (
  keys: DistinctKeys<OwnerColumns>,
) => (at: DirectoryParameters) => Compilable<Record<string, string>> {
  return (keys) => (at) => distinctKeys(database, table, keys, at)
}

/** Reads a page of a directory. */
export async function readDirectory(
  database: SqlDatabase,
  statements: DirectoryStatements,
  page: DirectoryPage,
): Promise<readonly Required<RunIdentity>[]> {
  const { within, after, limit } = page
  const statement = statementOf(statements, page)
  if (statement === undefined) return []
  const rows = await database.rows(statement, {
    ...ownerColumns(within),
    ...placeAfter(ownerColumns(after ?? FIRST)),
    limit,
  })
  return rows.map((row) => ({
    tenantId: row['tenant_id'] ?? within.tenantId,
    userId: row['user_id'] ?? within.userId,
    sessionId: row['session_id'] ?? within.sessionId,
    runId: row['run_id'] ?? '',
  }))
}

/** Comes before all that has a name. */
const FIRST: Required<RunIdentity> = { tenantId: '', userId: '', sessionId: '', runId: '' }

function statementOf(
  { tenants, users, sessionsOfTenant, sessionsOfUser, runs }: DirectoryStatements,
  { level, within }: DirectoryPage,
): DirectoryStatement | undefined {
  if (level === 'tenant') return tenants
  if (level === 'user') return users
  if (level === 'run') return runs
  return within.userId === '' ? sessionsOfTenant : sessionsOfUser
}
