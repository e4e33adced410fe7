import {
  compileStatement,
  type ColumnType,
  type SqlDatabase,
  type SqlStatement,
} from '@harborage/core/sql'
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { isVisible } from './expiry-conditions.ts'
import {
  journalEntries,
  journalStreams,
  NEVER,
  NO_REPLACEMENT,
  type EntryRow,
  type JournalTables,
  type StreamRow,
} from './tables.ts'
import { NO_OPERATIONS, streamOf, type HeadColumns, type StreamColumns } from './rows.ts'

/** The statements that append to many streams, and to one. */
export interface SharedAppends {
  /**
   * Appends entries to streams, or fails with `unique_violation` if a stream knows an id. Answers
   * with the heads, without those of streams that may expire: these stay as they are.
   * `undefined` on engines that take a statement for each row.
   */
  readonly appendAll: SqlStatement<readonly AppendedColumns[], AppendedHead> | undefined
  /** As {@link appendAll} for one entry, which takes half of the time. */
  readonly appendOne: SqlStatement<AppendedColumns, HeadColumns> | undefined
}

/** The statements that append. */
export interface AppendStatements extends SharedAppends {
  /** As those of the same names, for streams that may expire: those that have stay as they are. */
  readonly expiring: SharedAppends
  /**
   * Advances a head by a number of entries, also if it has expired. Answers with it, unless there
   * is no such stream.
   */
  readonly advance: SqlStatement<AdvanceParameters, AdvancedHead>
  /** Begins a stream unless there is one. */
  readonly begin: SqlStatement<StreamRow, unknown>
  /** Writes an entry unless the stream knows its id. */
  readonly write: SqlStatement<EntryRow, unknown>
  /** Notes when a stream was appended to, for the order by recency. */
  readonly touch: SqlStatement<StreamColumns & Pick<StreamRow, 'recent_at'>, unknown>
}

/** An entry of {@link AppendStatements.appendAll}, with its stream. */
export interface AppendedColumns
  extends StreamColumns, Pick<EntryRow, 'entry_id' | 'type' | 'created_at' | 'bytes'> {
  /** The generation of the stream, if the statement begins it. */
  readonly generation: string
  /** The number of entries of the stream that follow in this statement. */
  readonly remaining: number
  /** The place of the stream among those of the statement. */
  readonly ordinal: number
  readonly updated_at: number
}

/** The head of a stream after {@link AppendStatements.appendAll}. */
export interface AppendedHead extends StreamColumns, HeadColumns {}

/** The head of a stream after {@link AppendStatements.advance}. */
export type AdvancedHead = HeadColumns & Pick<StreamRow, 'recent_at'>

/** The parameters of {@link AppendStatements.advance}. */
export interface AdvanceParameters extends StreamColumns, Pick<StreamRow, 'updated_at'> {
  readonly count: number
}

/** How old the time may be by which streams are ordered: a minute. */
export const RECENT_MS = 60_000

/** The time for which a statement waits for a head that others have locked, in milliseconds. */
const LOCK_TIMEOUT_MS = 200

/** The names of {@link HeadColumns}. */
export const headNames = [
  'generation',
  'first',
  'position',
  'length',
  'updated_at',
  'expires_at',
] as const

/** Compiles the statements that append. */
export function compileAppends(database: SqlDatabase): AppendStatements {
  const db = database.builder.$extendTables<JournalTables>()
  return {
    ...compileShared('journal_append', database, neverExpires),
    expiring: compileShared(
      'journal_append_expiring',
      database,
      isVisible(database.dialect, 'journal_streams.expires_at'),
    ),
    advance: compileStatement(
      'journal_advance',
      (at: AdvanceParameters) =>
        db
          .updateTable('journal_streams')
          .set({
            position: sql<number>`position + ${at.count}`,
            length: sql<number>`length + ${at.count}`,
            updated_at: at.updated_at,
          })
          .where((where) => where.and(streamOf(at)))
          .returning([...headNames, 'recent_at']),
      { repeat: 'never', isPointRead: true },
    ),
    begin: compileStatement(
      'journal_begin',
      (row: StreamRow) =>
        db
          .insertInto('journal_streams')
          .values(journalStreams.rowOf(row))
          .onConflict((conflict) => conflict.doNothing()),
      { repeat: 'never' },
    ),
    write: compileStatement(
      'journal_write',
      (row: EntryRow) =>
        db
          .insertInto('journal_entries')
          .values(journalEntries.rowOf(row))
          .onConflict((conflict) => conflict.doNothing()),
      { repeat: 'never' },
    ),
    touch: compileStatement(
      'journal_touch',
      (at: StreamColumns & Pick<StreamRow, 'recent_at'>) =>
        db
          .updateTable('journal_streams')
          .set({ recent_at: at.recent_at })
          .where((where) => where.and(streamOf(at))),
      { repeat: 'never' },
    ),
  }
}

/**
 * The condition that a stream does not expire. One about the clock would make each append dearer,
 * as the server sets it up for each.
 */
const neverExpires = sql<SqlBool>`${sql.ref('journal_streams.expires_at')} = ${sql.lit(NEVER)}`

/**
 * Compiles the statements that append without a transaction.
 *
 * @param shared Begins their names.
 * @param isOpen The condition under which a stream that exists is appended to.
 */
function compileShared(
  shared: string,
  database: SqlDatabase,
  isOpen: RawBuilder<SqlBool>,
): SharedAppends {
  const appendAll = compileAppendAll(shared, database, isOpen)
  return { appendAll, appendOne: appendAll && compileAppendOne(shared, database, isOpen) }
}

function compileAppendAll(
  shared: string,
  database: SqlDatabase,
  isOpen: RawBuilder<SqlBool>,
): SqlStatement<readonly AppendedColumns[], AppendedHead> | undefined {
  const traits = { name: `${shared}_all`, repeat: 'recognized' } as const
  const db = database.builder.$extendTables<JournalTables>()
  const batch = database.dialect.compileBatch<AppendedColumns>(
    traits.name,
    {
      columns: {
        tenant_id: 'text',
        user_id: 'text',
        session_id: 'text',
        run_id: 'text',
        stream: 'text',
        generation: 'text',
        remaining: 'integer',
        ordinal: 'integer',
        updated_at: 'timestamp',
        entry_id: 'text',
        created_at: 'timestamp',
        type: 'text',
        bytes: 'large_bytes',
      },
      nameOf: ({ entry_id }) => entry_id,
    },
    ({ columns, rows }) => {
      const { key } = journalStreams
      const calls = sql<object>`(select * from (${rows}) as rows
        (${sql.join(columns.map((each) => sql.id(each)))}))`
      const names = sql.join(key.map((each) => sql`call.${sql.id(each)}`))
      const isOfHead = sql.join(
        key.map((each) => sql`head.${sql.id(each)} = call.${sql.id(each)}`),
        sql` and `,
      )
      return db
        .with('call', () => calls)
        .with('head', (within) =>
          within
            .insertInto('journal_streams')
            .columns(journalStreams.except())
            .expression(
              sql`select ${names}, min(call.generation), 1, count(*), count(*),
                min(call.updated_at), min(call.updated_at), ${sql.lit(NEVER)},
                ${sql.lit(NO_OPERATIONS)}
                from call group by ${names} order by min(call.ordinal)`,
            )
            .onConflict((conflict) => conflict.columns(key).doUpdateSet(advanced).where(isOpen))
            .returning([...key, ...headNames]),
        )
        .with('written', (within) =>
          within
            .insertInto('journal_entries')
            .columns(journalEntries.except())
            .expression(
              sql`select head.tenant_id, head.generation, head.position - call.remaining,
                call.entry_id, call.created_at, ${sql.lit(NO_REPLACEMENT)}, call.type, call.bytes
                from call join head on ${isOfHead}`,
            ),
        )
        .selectFrom('head')
        .selectAll()
    },
  )
  if (batch === undefined) return undefined
  return {
    ...traits,
    sql: batch.sql,
    bind: (calls) => batch.bindAll(calls, LOCK_TIMEOUT_MS),
  }
}

/** Compiles the append of one entry to one stream. */
function compileAppendOne(
  shared: string,
  database: SqlDatabase,
  isOpen: RawBuilder<SqlBool>,
): SqlStatement<AppendedColumns, HeadColumns> {
  const { dialect } = database
  const db = database.builder.$extendTables<JournalTables>()
  const { key } = journalStreams
  const valueOf = (value: unknown, type: ColumnType) => {
    const cast = dialect.valueType(type)
    return cast === undefined ? sql`${value}` : sql`cast(${value} as ${cast})`
  }
  return compileStatement(
    `${shared}_one`,
    (call: AppendedColumns) =>
      db
        .with('head', (within) =>
          within
            .insertInto('journal_streams')
            .values({
              ...streamOf(call),
              generation: call.generation,
              first: sql.lit(1),
              position: sql.lit(1),
              length: sql.lit(1),
              updated_at: call.updated_at,
              recent_at: call.updated_at,
              expires_at: sql.lit(NEVER),
              operations: sql.lit(NO_OPERATIONS),
            })
            .onConflict((conflict) => conflict.columns(key).doUpdateSet(advanced).where(isOpen))
            .returning(['tenant_id', ...headNames]),
        )
        .with('written', (within) =>
          within
            .insertInto('journal_entries')
            .columns(journalEntries.except())
            .expression(
              sql`select head.tenant_id, head.generation, head.position,
                ${valueOf(call.entry_id, 'text')}, ${valueOf(call.created_at, 'timestamp')},
                ${sql.lit(NO_REPLACEMENT)}, ${valueOf(call.type, 'text')},
                ${valueOf(call.bytes, 'large_bytes')} from head`,
            ),
        )
        .selectFrom('head')
        .select(headNames),
    { repeat: 'recognized' },
  )
}

function sumOf(column: 'position' | 'length'): RawBuilder<number> {
  return sql`${sql.ref(`journal_streams.${column}`)} + ${sql.ref(`excluded.${column}`)}`
}

/** The time of a head that is changed: it stays until it is a minute old. */
const recentAt = sql<number>`case
  when excluded.recent_at - journal_streams.recent_at between 0 and ${sql.lit(RECENT_MS - 1)}
  then journal_streams.recent_at else excluded.recent_at end`

/** What a head becomes that exists. */
const advanced = {
  position: sumOf('position'),
  length: sumOf('length'),
  updated_at: sql<number>`excluded.updated_at`,
  recent_at: recentAt,
}
