import type { RunIdentity, SubtreeLevel } from '@harborage/core'
import { compileDistinctKeys, type SqlDatabase, type SqlStatement } from '@harborage/core/sql'
import type { DirectoryPage } from '../state-driver.ts'
import { ownerColumns, placeAfter, type OwnerColumns } from './owner-columns.ts'
import { stateRecords } from './tables.ts'

type DirectoryStatement = SqlStatement<
  OwnerColumns & { readonly limit: number },
  Record<string, string>
>

/** The statements of the directory, by what they find and where. */
export interface DirectoryStatements {
  readonly tenants: DirectoryStatement
  readonly users: DirectoryStatement
  readonly sessionsOfTenant: DirectoryStatement
  readonly sessionsOfUser: DirectoryStatement
  readonly runs: DirectoryStatement
}

/** Compiles the statements of the directory. */
export function compileDirectory(database: SqlDatabase): DirectoryStatements {
  const { spec } = stateRecords
  return {
    tenants: compileDistinctKeys('state_tenants', database, spec, {
      owned: [],
      walked: ['tenant_id'],
    }),
    users: compileDistinctKeys('state_users', database, spec, {
      owned: ['tenant_id'],
      walked: ['user_id'],
    }),
    sessionsOfTenant: compileDistinctKeys('state_sessions_of_tenant', database, spec, {
      owned: ['tenant_id'],
      walked: ['user_id', 'session_id'],
    }),
    sessionsOfUser: compileDistinctKeys('state_sessions_of_user', database, spec, {
      owned: ['tenant_id', 'user_id'],
      walked: ['session_id'],
    }),
    runs: compileDistinctKeys('state_runs', database, spec, {
      owned: ['tenant_id', 'user_id', 'session_id'],
      walked: ['run_id'],
    }),
  }
}

/** Reads a page of the directory. */
export async function directoryPage(
  database: SqlDatabase,
  directory: DirectoryStatements,
  { within, level, after, limit }: DirectoryPage,
): Promise<readonly Required<RunIdentity>[]> {
  const rows = await database.rows(statementOf(directory, level, within.userId !== ''), {
    ...ownerColumns(within),
    ...placeAfter(ownerColumns(after ?? NOTHING)),
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
const NOTHING: Required<RunIdentity> = { tenantId: '', userId: '', sessionId: '', runId: '' }

function statementOf(
  directory: DirectoryStatements,
  level: SubtreeLevel,
  isOfUser: boolean,
): DirectoryStatement {
  if (level === 'tenant') return directory.tenants
  if (level === 'user') return directory.users
  if (level === 'run') return directory.runs
  return isOfUser ? directory.sessionsOfUser : directory.sessionsOfTenant
}
