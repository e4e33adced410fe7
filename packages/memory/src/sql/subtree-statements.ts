import {
  compileDirectory,
  compileRuns,
  compileStatement,
  type DirectoryStatements,
  type SqlDatabase,
  type SqlStatement,
} from '@harborage/core/sql'
import { sql, type Kysely, type SelectQueryBuilder, type SqlBool } from 'kysely'
import type { OwnerColumns } from './rows.ts'
import { memoryState, type MemoryTables } from './tables.ts'

/** The statements of the calls that are wider than one conversation. */
export interface SubtreeStatements {
  readonly directory: DirectoryStatements
  /** The conversations of a session, in the order of the primary key. */
  readonly findInSession: SqlStatement<OwnerColumns, FoundColumns>
  readonly user: BatchStatements
  readonly tenant: BatchStatements
}

/** The statements that delete a user or a tenant, a batch at a time. */
export interface BatchStatements {
  /** The conversations of the next rows, in the order of the primary key. */
  readonly find: SqlStatement<NextParameters, FoundColumns & { readonly rows: number }>
  readonly count: SqlStatement<OwnerColumns, { readonly count: number }>
}

/** The columns of a conversation that the subtree does not have. */
export type FoundColumns = Partial<OwnerColumns>

/** The parameters of {@link BatchStatements.find}. */
export interface NextParameters extends OwnerColumns {
  readonly after_user_id: string
  readonly after_session_id: string
  readonly after_run_id: string
  /** The largest number of rows. */
  readonly limit: number
}

/** Compiles the statements of subtrees and of the directory. */
export function compileSubtrees(database: SqlDatabase): SubtreeStatements {
  const db = database.builder.$extendTables<MemoryTables>()
  return {
    directory: {
      ...compileDirectory('memory', database, memoryState.spec),
      runs: compileRuns('memory', database, memoryState.spec),
    },
    findInSession: compileStatement(
      'memory_session_find',
      (at: OwnerColumns) => conversationsOf(db, level.session, at),
      { repeat: 'reads' },
    ),
    user: {
      find: compileStatement(
        'memory_user_find',
        (at: NextParameters) => nextOf(db, level.user, at),
        { repeat: 'reads' },
      ),
      count: compileStatement(
        'memory_user_count',
        (at: OwnerColumns) => countOf(db, level.user, at),
        { repeat: 'reads' },
      ),
    },
    tenant: {
      find: compileStatement(
        'memory_tenant_find',
        (at: NextParameters) => nextOf(db, level.tenant, at),
        { repeat: 'reads' },
      ),
      count: compileStatement(
        'memory_tenant_count',
        (at: OwnerColumns) => countOf(db, level.tenant, at),
        { repeat: 'reads' },
      ),
    },
  }
}

type OwnerColumn = keyof OwnerColumns

/** The columns of the key that name a subtree, and those that name a conversation within it. */
interface Level {
  readonly owned: readonly OwnerColumn[]
  readonly walked: readonly OwnerColumn[]
}

const level = {
  session: { owned: ['tenant_id', 'user_id', 'session_id'], walked: ['run_id'] },
  user: { owned: ['tenant_id', 'user_id'], walked: ['session_id', 'run_id'] },
  tenant: { owned: ['tenant_id'], walked: ['user_id', 'session_id', 'run_id'] },
} as const satisfies Record<string, Level>

/** Returns a query for each conversation of a subtree, also one whose header is lost. */
function conversationsOf(db: Kysely<MemoryTables>, { owned, walked }: Level, at: OwnerColumns) {
  return inOrder(rowsOf(db, { owned, walked }, at).distinct(), walked)
}

/** Returns a query for the conversations that the next rows belong to. */
function nextOf(db: Kysely<MemoryTables>, { owned, walked }: Level, at: NextParameters) {
  const next = inOrder(rowsOf(db, { owned, walked }, at).where(areAfter(walked, at)), walked).limit(
    at.limit,
  )
  return inOrder(
    db
      .selectFrom(next.as('next'))
      .select(walked)
      .select(sql<number>`count(*)`.as('rows'))
      .groupBy(walked),
    walked,
  )
}

function countOf(db: Kysely<MemoryTables>, { owned, walked }: Level, at: OwnerColumns) {
  return db
    .selectFrom(rowsOf(db, { owned, walked }, at).distinct().as('found'))
    .select(sql<number>`count(*)`.as('count'))
}

function rowsOf(db: Kysely<MemoryTables>, { owned, walked }: Level, at: OwnerColumns) {
  return db
    .selectFrom('memory_state')
    .select(walked)
    .where((where) => where.and(owned.map((column) => where(column, '=', at[column]))))
}

function areAfter(columns: readonly OwnerColumn[], at: NextParameters) {
  const refs = sql.join(columns.map((column) => sql.ref(column)))
  const values = sql.join(columns.map((column) => sql`${Reflect.get(at, `after_${column}`)}`))
  return sql<SqlBool>`(${refs}) > (${values})`
}

function inOrder<Tables, Table extends keyof Tables, Row>(
  query: SelectQueryBuilder<Tables, Table, Row>,
  columns: readonly OwnerColumn[],
): SelectQueryBuilder<Tables, Table, Row> {
  return columns.reduce((ordered, column) => ordered.orderBy(sql.ref(column)), query)
}
