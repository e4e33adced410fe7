import {
  compileDirectory,
  compileRuns,
  compileStatement,
  type DirectoryStatements,
  type SqlDatabase,
  type SqlStatement,
} from '@harborage/core/sql'
import type { SubtreeLevel } from '@harborage/core'
import { sql, type Kysely, type RawBuilder, type SqlBool } from 'kysely'
import { headNames } from './append-statements.ts'
import { isExpiredInRead } from './expiry-conditions.ts'
import type { ExpiredColumn } from './expiry.ts'
import type { HeadColumns, StreamColumns } from './rows.ts'
import { journalStreams, NEVER, type JournalTables, type StreamRow } from './tables.ts'

/** The statements that are about many streams. */
export interface StreamStatements {
  readonly directory: DirectoryStatements
  /** The next streams by their key, for each level of a root. */
  readonly byName: Readonly<Record<SubtreeLevel, SqlStatement<StreamsParameters, FoundColumns>>>
  /** The next streams by recency, for each level of a root. */
  readonly byRecency: Readonly<Record<SubtreeLevel, SqlStatement<StreamsParameters, FoundColumns>>>
  readonly countAll: Readonly<
    Record<'user' | 'tenant', SqlStatement<StreamColumns, { readonly count: number }>>
  >
}

/** The parameters of a page of streams. */
export interface StreamsParameters extends StreamColumns, AfterColumns {
  /** 1 to find streams that have expired, too, else 0. */
  readonly with_expired: number
  /** The first name of the page. */
  readonly from_stream: string
  /** The first name beyond the page. */
  readonly end_stream: string
  readonly limit: number
}

/** The place after which a page begins. */
export interface AfterColumns {
  readonly after_user_id: string
  readonly after_session_id: string
  readonly after_run_id: string
  readonly after_stream: string
  readonly after_recent_at: number
}

/** A stream that was found. */
export interface FoundColumns
  extends StreamColumns, HeadColumns, ExpiredColumn, Pick<StreamRow, 'recent_at'> {}

type Column = keyof StreamColumns

/** The columns that name a root, and those that name a stream within it. */
interface Level {
  readonly owned: readonly Column[]
  readonly walked: readonly Column[]
}

const levels = {
  tenant: { owned: ['tenant_id'], walked: ['user_id', 'session_id', 'run_id', 'stream'] },
  user: { owned: ['tenant_id', 'user_id'], walked: ['session_id', 'run_id', 'stream'] },
  session: { owned: ['tenant_id', 'user_id', 'session_id'], walked: ['run_id', 'stream'] },
  run: { owned: ['tenant_id', 'user_id', 'session_id', 'run_id'], walked: ['stream'] },
} as const satisfies Record<SubtreeLevel, Level>

/** Compiles the statements of many streams. */
export function compileStreams(database: SqlDatabase): StreamStatements {
  const db = database.builder.$extendTables<JournalTables>()
  const found = { db, isExpired: isExpiredInRead(database.dialect) }
  return {
    directory: {
      ...compileDirectory('journal', database, journalStreams.spec),
      runs: compileRuns('journal', database, journalStreams.spec),
    },
    byName: {
      tenant: compileStatement(
        'journal_streams_of_tenant',
        (at: StreamsParameters) => byName(found, levels.tenant, at),
        { repeat: 'reads' },
      ),
      user: compileStatement(
        'journal_streams_of_user',
        (at: StreamsParameters) => byName(found, levels.user, at),
        { repeat: 'reads' },
      ),
      session: compileStatement(
        'journal_streams_of_session',
        (at: StreamsParameters) => byName(found, levels.session, at),
        { repeat: 'reads' },
      ),
      run: compileStatement(
        'journal_streams_of_run',
        (at: StreamsParameters) => byName(found, levels.run, at),
        { repeat: 'reads' },
      ),
    },
    byRecency: {
      tenant: compileStatement(
        'journal_recent_of_tenant',
        (at: StreamsParameters) => byRecency(found, levels.tenant, at),
        { repeat: 'reads' },
      ),
      user: compileStatement(
        'journal_recent_of_user',
        (at: StreamsParameters) => byRecency(found, levels.user, at),
        { repeat: 'reads' },
      ),
      session: compileStatement(
        'journal_recent_of_session',
        (at: StreamsParameters) => byRecency(found, levels.session, at),
        { repeat: 'reads' },
      ),
      run: compileStatement(
        'journal_recent_of_run',
        (at: StreamsParameters) => byRecency(found, levels.run, at),
        { repeat: 'reads' },
      ),
    },
    countAll: {
      tenant: compileStatement(
        'journal_count_of_tenant',
        (at: StreamColumns) => countOf(db, levels.tenant, at),
        { repeat: 'reads' },
      ),
      user: compileStatement(
        'journal_count_of_user',
        (at: StreamColumns) => countOf(db, levels.user, at),
        { repeat: 'reads' },
      ),
    },
  }
}

/** What the queries for streams are built with. */
interface Finding {
  readonly db: Kysely<JournalTables>
  /** 1 if a stream has expired, else 0. */
  readonly isExpired: RawBuilder<number>
}

function byName(finding: Finding, { owned, walked }: Level, at: StreamsParameters) {
  const query = foundIn(finding, owned, at).where(compared(walked, '>', at))
  return walked.reduce((ordered, column) => ordered.orderBy(column), query).limit(at.limit)
}

function byRecency(finding: Finding, { owned, walked }: Level, at: StreamsParameters) {
  const columns = ['recent_at', ...walked] as const
  const query = foundIn(finding, owned, at)
    .where(compared(columns, '<', at))
    // The condition of the index on engines where it has one.
    .where('stream', '<>', sql.lit(''))
  return columns.reduce((ordered, column) => ordered.orderBy(column, 'desc'), query).limit(at.limit)
}

function countOf(db: Kysely<JournalTables>, { owned }: Level, at: StreamColumns) {
  return db
    .selectFrom('journal_streams')
    .select(sql<number>`count(*)`.as('count'))
    .where((where) => where.and(owned.map((column) => where(column, '=', at[column]))))
}

function foundIn({ db, isExpired }: Finding, owned: readonly Column[], at: StreamsParameters) {
  return db
    .selectFrom('journal_streams')
    .select([...journalStreams.key, ...headNames, 'recent_at'])
    .select(isExpired.as('is_expired'))
    .where((where) => where.and(owned.map((column) => where(column, '=', at[column]))))
    .where('stream', '>=', at.from_stream)
    .where('stream', '<', at.end_stream)
    .where(sql<SqlBool>`(${sql.ref('expires_at')} = ${sql.lit(NEVER)}
      or ${isExpired} <= ${at.with_expired})`)
}

/** Returns the condition that columns come after or before the place of the parameters. */
function compared(
  columns: readonly (Column | 'recent_at')[],
  comparison: '<' | '>',
  at: AfterColumns,
): RawBuilder<SqlBool> {
  const refs = sql.join(columns.map((column) => sql.ref(column)))
  const values = sql.join(columns.map((column) => sql`${Reflect.get(at, `after_${column}`)}`))
  return sql<SqlBool>`(${refs}) ${sql.raw(comparison)} (${values})`
}
