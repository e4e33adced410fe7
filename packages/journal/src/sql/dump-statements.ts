import {
  areAfter,
  compileStatement,
  type SqlDatabase,
  type SqlStatement,
} from '@harborage/core/sql'
import { sql } from 'kysely'
import { streamOf, type EntryColumns, type GenerationColumns, type StreamColumns } from './rows.ts'
import type { PagedEntry } from './read-statements.ts'
import {
  journalEntries,
  journalStreams,
  type EntryRow,
  type JournalTables,
  type StreamRow,
} from './tables.ts'

/** The statements that dump all streams, and load them. */
export interface DumpStatements {
  /** The heads after one, in the order of the primary key. */
  readonly heads: SqlStatement<StreamColumns & { readonly limit: number }, StreamRow>
  readonly head: SqlStatement<StreamColumns, StreamRow>
  /** The rows of a generation after a position. */
  readonly rows: SqlStatement<RowsParameters, PagedEntry>
  /** The sizes of the rows that {@link rows} would read. */
  readonly rowSizes: SqlStatement<RowsParameters, { readonly size: number }>
  readonly row: SqlStatement<GenerationColumns & Pick<EntryRow, 'position'>, EntryColumns>
  /** Writes a head unless there is one. */
  readonly loadHead: SqlStatement<StreamRow, unknown>
  /** Writes a row unless its position or its id is in use. */
  readonly loadRow: SqlStatement<EntryRow, unknown>
}

/** The parameters of {@link DumpStatements.rows}. The bytes of larger rows are not read. */
export interface RowsParameters extends GenerationColumns {
  readonly after_position: number
  readonly limit: number
  readonly inline_bytes: number
}

const entryNames = [
  'generation',
  'position',
  'entry_id',
  'created_at',
  'replaced_after',
  'type',
] as const

/** Compiles the statements. */
export function compileDump(database: SqlDatabase): { readonly dump: DumpStatements } {
  const db = database.builder.$extendTables<JournalTables>()
  const { key } = journalStreams
  const bytes = sql.ref('bytes')
  const rowsAfter = (at: RowsParameters) =>
    db
      .selectFrom('journal_entries')
      .where('tenant_id', '=', at.tenant_id)
      .where('generation', '=', at.generation)
      .where('position', '>', at.after_position)
      .orderBy('position')
      .limit(at.limit)
  const reads: Omit<DumpStatements, 'loadHead' | 'loadRow'> = {
    heads: compileStatement(
      'journal_dump_heads',
      (at: StreamColumns & { readonly limit: number }) =>
        key
          .reduce(
            (query, column) => query.orderBy(column),
            db
              .selectFrom('journal_streams')
              .select(streamNames)
              .where(areAfter(key, (column) => Reflect.get(at, column))),
          )
          .limit(at.limit),
      { repeat: 'reads' },
    ),
    head: compileStatement(
      'journal_dump_head',
      (at: StreamColumns) =>
        db
          .selectFrom('journal_streams')
          .select(streamNames)
          .where((where) => where.and(streamOf(at))),
      { repeat: 'reads', isPointRead: true },
    ),
    rows: compileStatement(
      'journal_dump_rows',
      (at: RowsParameters) =>
        rowsAfter(at)
          .select(entryNames)
          .select(
            sql<Uint8Array | null>`case when length(${bytes}) <= ${at.inline_bytes} then ${bytes} end`.as(
              'bytes',
            ),
          ),
      { repeat: 'reads' },
    ),
    rowSizes: compileStatement(
      'journal_dump_row_sizes',
      (at: RowsParameters) => rowsAfter(at).select(sql<number>`length(${bytes})`.as('size')),
      { repeat: 'reads' },
    ),
    row: compileStatement(
      'journal_dump_row',
      (at: GenerationColumns & Pick<EntryRow, 'position'>) =>
        db
          .selectFrom('journal_entries')
          .select([...entryNames, 'bytes'])
          .where((where) => where.and(journalEntries.keyOf(at))),
      { repeat: 'reads', isPointRead: true },
    ),
  }
  return { dump: { ...reads, ...compileLoads(database) } }
}

const streamNames: readonly (keyof StreamRow)[] = [
  ...journalStreams.key,
  'generation',
  'first',
  'position',
  'length',
  'updated_at',
  'recent_at',
  'expires_at',
  'operations',
]

function compileLoads(database: SqlDatabase): Pick<DumpStatements, 'loadHead' | 'loadRow'> {
  const db = database.builder.$extendTables<JournalTables>()
  const headBatch = database.dialect.compileBatch<StreamRow>(
    'journal_load_heads',
    { columns: journalStreams.columns, nameOf: journalStreams.keyText },
    ({ columns, rows }) =>
      db
        .insertInto('journal_streams')
        .columns(columns)
        .expression(rows)
        .onConflict((conflict) => conflict.doNothing())
        .returning(journalStreams.key),
  )
  const rowBatch = database.dialect.compileBatch<EntryRow>(
    'journal_load_rows',
    { columns: journalEntries.columns, nameOf: journalEntries.keyText },
    ({ columns, rows }) =>
      db
        .insertInto('journal_entries')
        .columns(columns)
        .expression(rows)
        .onConflict((conflict) => conflict.doNothing())
        .returning(journalEntries.key),
  )
  return {
    loadHead: compileStatement(
      'journal_load_head',
      (row: StreamRow) =>
        db
          .insertInto('journal_streams')
          .values(journalStreams.rowOf(row))
          .onConflict((conflict) => conflict.doNothing()),
      {
        repeat: 'recognized',
        keysOf: (row) => [journalStreams.keyText(row)],
        sizeOf: journalStreams.sizeOf,
        batch: headBatch,
      },
    ),
    loadRow: compileStatement(
      'journal_load_row',
      (row: EntryRow) =>
        db
          .insertInto('journal_entries')
          .values(journalEntries.rowOf(row))
          .onConflict((conflict) => conflict.doNothing()),
      {
        repeat: 'recognized',
        keysOf: (row) => [journalEntries.keyText(row), `${row.generation} ${row.entry_id}`],
        sizeOf: journalEntries.sizeOf,
        batch: rowBatch,
      },
    ),
  }
}
