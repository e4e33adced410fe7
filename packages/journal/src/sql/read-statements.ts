import type { ListOrder } from '@harborage/core'
import {
  compileStatement,
  type ManyReads,
  type SqlDatabase,
  type SqlDialect,
  type SqlStatement,
} from '@harborage/core/sql'
import { sql, type AliasedExpression, type Kysely, type RawBuilder } from 'kysely'
import { streamOf, type EntryColumns, type HeadColumns, type StreamColumns } from './rows.ts'
import { headNames } from './append-statements.ts'
import { isVisible } from './expiry-conditions.ts'
import { journalStreams, NO_REPLACEMENT, type JournalTables, type StreamRow } from './tables.ts'

/** A statement for each order. */
type InEitherOrder<Parameters, Row> = Readonly<Record<ListOrder, SqlStatement<Parameters, Row>>>

/** The statements that read one stream. */
export interface ReadStatements {
  /** The head of a stream, whether or not it has expired. */
  readonly heldHead: SqlStatement<StreamColumns, HeadColumns>
  /** The head of a stream unless it has expired. */
  readonly head: SqlStatement<StreamColumns, HeadColumns>
  readonly page: InEitherOrder<PageParameters, PagedEntry>
  /** The sizes of the entries that {@link page} would read. */
  readonly pageSizes: InEitherOrder<RangeParameters, SizeColumn>
  /** The entries and replacements after a position, oldest first. */
  readonly follow: SqlStatement<PageParameters, PagedEntry>
  /** The sizes of what {@link follow} would read. */
  readonly followSizes: SqlStatement<RangeParameters, SizeColumn>
  /** The entry with an id, whether or not its stream has expired. */
  readonly getHeld: SqlStatement<GetParameters, FoundEntry & Pick<StreamRow, 'expires_at'>>
  /** The entry with an id unless its stream has expired. */
  readonly get: SqlStatement<GetParameters, FoundEntry>
  /** The newest positions of streams. */
  readonly positions: ManyReads<object, StreamColumns, StreamColumns & PositionColumns>
}

/** The generation of a read; `''` for the one that the stream has, unless it has expired. */
interface ReadColumns extends StreamColumns {
  readonly generation: string
}

/** The range of a read: positions from one up to another. */
export interface RangeParameters extends ReadColumns {
  readonly from_position: number
  readonly to_position: number
  readonly limit: number
}

/** The parameters of a page. The bytes of larger entries are not read. */
export interface PageParameters extends RangeParameters {
  readonly inline_bytes: number
}

/** The parameters of {@link ReadStatements.get}. */
export interface GetParameters extends StreamColumns {
  readonly entry_id: string
  readonly inline_bytes: number
}

/** An entry whose bytes may not have been read. */
export interface PagedEntry extends Omit<EntryColumns, 'bytes'> {
  readonly bytes: Uint8Array | null
}

/** An entry whose bytes were read. */
export type WholeEntry = PagedEntry & EntryColumns

/** An entry with the number of its bytes. */
export type FoundEntry = PagedEntry & SizeColumn

interface SizeColumn {
  readonly size: number
}

type PositionColumns = Pick<HeadColumns, 'generation' | 'position' | 'expires_at'>

/** The columns of an entry without its bytes. */
const entryNames = [
  'generation',
  'position',
  'entry_id',
  'created_at',
  'replaced_after',
  'type',
] as const

/** Compiles the statements that read one stream. */
export function compileReads(database: SqlDatabase): ReadStatements {
  const db = database.builder.$extendTables<JournalTables>()
  const { dialect } = database
  const reading = { db, dialect }
  const headOf = (at: StreamColumns) =>
    db
      .selectFrom('journal_streams')
      .select(headNames)
      .where((where) => where.and(streamOf(at)))
  return {
    heldHead: compileStatement('journal_held_head', headOf, {
      repeat: 'reads',
      isPointRead: true,
    }),
    head: compileStatement(
      'journal_head',
      (at: StreamColumns) => headOf(at).where(isVisible(dialect)),
      { repeat: 'reads', isPointRead: true },
    ),
    page: {
      ascending: compileStatement(
        'journal_page',
        (page: PageParameters) =>
          entriesIn(reading, page, 'asc').select(entryNames).select(bytesUpTo(page.inline_bytes)),
        { repeat: 'reads' },
      ),
      descending: compileStatement(
        'journal_page_descending',
        (page: PageParameters) =>
          entriesIn(reading, page, 'desc').select(entryNames).select(bytesUpTo(page.inline_bytes)),
        { repeat: 'reads' },
      ),
    },
    pageSizes: {
      ascending: compileStatement(
        'journal_page_sizes',
        (page: RangeParameters) => entriesIn(reading, page, 'asc').select(sizeOfBytes),
        { repeat: 'reads' },
      ),
      descending: compileStatement(
        'journal_page_sizes_descending',
        (page: RangeParameters) => entriesIn(reading, page, 'desc').select(sizeOfBytes),
        { repeat: 'reads' },
      ),
    },
    follow: compileStatement(
      'journal_follow',
      (page: PageParameters) =>
        rowsIn(reading, page, 'asc').select(entryNames).select(bytesUpTo(page.inline_bytes)),
      { repeat: 'reads' },
    ),
    followSizes: compileStatement(
      'journal_follow_sizes',
      (page: RangeParameters) => rowsIn(reading, page, 'asc').select(sizeOfBytes),
      { repeat: 'reads' },
    ),
    getHeld: compileStatement(
      'journal_get_held',
      (at: GetParameters) => entryWithId(db, at).select('s.expires_at'),
      { repeat: 'reads', isPointRead: true },
    ),
    get: compileStatement(
      'journal_get',
      (at: GetParameters) => entryWithId(db, at).where(isVisible(dialect, 's.expires_at')),
      { repeat: 'reads', isPointRead: true },
    ),
    positions: database.dialect.compileManyReads<
      object,
      StreamColumns,
      StreamColumns & PositionColumns
    >(database, {
      name: 'journal_positions',
      repeat: 'reads',
      table: journalStreams.spec,
      common: [],
      columns: () => [...journalStreams.key, 'generation', 'position', 'expires_at'],
    }),
  }
}

/** Returns a query for the entry with an id, as `e`, and its stream, as `s`. */
function entryWithId(db: Kysely<JournalTables>, at: GetParameters) {
  const { tenant_id, user_id, session_id, run_id, stream } = at
  return db
    .selectFrom('journal_streams as s')
    .innerJoin('journal_entries as e', (join) => join.onRef('e.generation', '=', 's.generation'))
    .select(entryNames.map((name) => `e.${name}` as const))
    .select([bytesUpTo(at.inline_bytes), sizeOfBytes])
    .where('s.tenant_id', '=', tenant_id)
    .where('s.user_id', '=', user_id)
    .where('s.session_id', '=', session_id)
    .where('s.run_id', '=', run_id)
    .where('s.stream', '=', stream)
    .where('e.tenant_id', '=', tenant_id)
    .where('e.entry_id', '=', at.entry_id)
    .where('e.entry_id', '<>', sql.lit(''))
    .where('e.position', '>', sql.lit(0))
}

/** What the queries of a read are built with. */
interface Reading {
  readonly db: Kysely<JournalTables>
  readonly dialect: SqlDialect
}

/** Returns a query for the entries of a range. */
function entriesIn(reading: Reading, at: RangeParameters, direction: 'asc' | 'desc') {
  return rowsIn(reading, at, direction).where('replaced_after', '=', sql.lit(NO_REPLACEMENT))
}

/** Returns a query for the entries and replacements of a range. */
function rowsIn(reading: Reading, at: RangeParameters, direction: 'asc' | 'desc') {
  return reading.db
    .selectFrom('journal_entries')
    .where('tenant_id', '=', at.tenant_id)
    .where('generation', '=', generationOf(reading, at))
    .where('position', '>=', at.from_position)
    .where('position', '<', at.to_position)
    .where('position', '>', sql.lit(0))
    .orderBy('position', direction)
    .limit(at.limit)
}

/** Returns the generation of a read, which the statement finds if it is not known. */
function generationOf({ db, dialect }: Reading, at: ReadColumns): RawBuilder<string> {
  const current = db
    .selectFrom('journal_streams')
    .select('generation')
    .where((where) => where.and(streamOf(at)))
    .where(isVisible(dialect))
  const known = sql`cast(${at.generation} as text)`
  return sql<string>`case when ${known} = '' then ${current} else ${known} end`
}

/** Selects the bytes of a row if there are at most `inlineBytes`; larger ones are not read. */
function bytesUpTo(inlineBytes: number): AliasedExpression<Uint8Array | null, 'bytes'> {
  const bytes = sql.ref('bytes')
  const upTo = sql<Uint8Array | null>`case when length(${bytes}) <= ${inlineBytes} then ${bytes} end`
  return upTo.as('bytes')
}

/** Selects the number of bytes of a row without reading them. */
const sizeOfBytes: AliasedExpression<number, 'size'> = sql<number>`length(${sql.ref('bytes')})`.as(
  'size',
)
