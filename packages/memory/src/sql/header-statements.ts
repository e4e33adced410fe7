import type { RunIdentity, Subtree, SubtreeLevel } from '@harborage/core'
import { compileStatement, type SqlDatabase, type SqlStatement } from '@harborage/core/sql'
import { sql, type Kysely, type SqlBool } from 'kysely'
import { HEADER_KIND } from './kinds.ts'
import { contentNames, ownerColumns, type LockedColumns, type OwnerColumns } from './rows.ts'
import type { MemoryTables } from './tables.ts'

/** The parameters of a page of headers. */
export interface HeadersParameters extends OwnerColumns {
  readonly from_user_id: string
  readonly from_session_id: string
  readonly from_run_id: string
  readonly limit: number
}

/** The columns of a header, and those that name its conversation. */
export type HeaderColumns = OwnerColumns & LockedColumns

/** The statements that read the headers of a subtree from a place on, by its level. */
export type HeaderStatements = Readonly<
  Record<SubtreeLevel, SqlStatement<HeadersParameters, HeaderColumns>>
>

type OwnerColumn = keyof OwnerColumns

const key = ['tenant_id', 'user_id', 'session_id', 'run_id'] as const

/** The number of columns of the key that name a subtree. The others name a place within it. */
const ownedBy = { tenant: 1, user: 2, session: 3, run: 4 } as const

/** Compiles the statements. */
export function compileHeaders(database: SqlDatabase): HeaderStatements {
  const db = database.builder.$extendTables<MemoryTables>()
  return {
    run: compileStatement(
      'memory_run_headers',
      (at: HeadersParameters) => headersOf(db, 'run', at),
      { repeat: 'reads' },
    ),
    session: compileStatement(
      'memory_session_headers',
      (at: HeadersParameters) => headersOf(db, 'session', at),
      { repeat: 'reads' },
    ),
    user: compileStatement(
      'memory_user_headers',
      (at: HeadersParameters) => headersOf(db, 'user', at),
      { repeat: 'reads' },
    ),
    tenant: compileStatement(
      'memory_tenant_headers',
      (at: HeadersParameters) => headersOf(db, 'tenant', at),
      { repeat: 'reads' },
    ),
  }
}

/** Returns the parameters of a page that begins with a place, or with the first one. */
export function headersParameters(
  subtree: Subtree,
  from: Required<RunIdentity> | undefined,
  limit: number,
): HeadersParameters {
  const { userId = '', sessionId = '', runId = '' } = from ?? {}
  return {
    ...ownerColumns(subtree),
    from_user_id: userId,
    from_session_id: sessionId,
    from_run_id: runId,
    limit,
  }
}

function headersOf(db: Kysely<MemoryTables>, level: SubtreeLevel, at: HeadersParameters) {
  const owned = key.slice(0, ownedBy[level])
  const walked = key.slice(ownedBy[level])
  const rows = db
    .selectFrom('memory_state')
    .select([...key, ...contentNames, 'updated_at'])
    .where((where) => where.and(owned.map((column) => where(column, '=', at[column]))))
    .where('kind', '=', HEADER_KIND)
  const next = walked.length === 0 ? rows : rows.where(areFrom(walked, at))
  return walked.reduce((ordered, column) => ordered.orderBy(column), next).limit(at.limit)
}

/** Returns the condition that columns come with a place or after it. */
function areFrom(columns: readonly OwnerColumn[], at: HeadersParameters) {
  const refs = sql.join(columns.map((column) => sql.ref(column)))
  const values = sql.join(columns.map((column) => sql`${Reflect.get(at, `from_${column}`)}`))
  return sql<SqlBool>`(${refs}) >= (${values})`
}
