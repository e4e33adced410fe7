import { compileStatement, type SqlDatabase, type SqlStatement } from '@harborage/core/sql'
import { sql, type Kysely } from 'kysely'
import { headNames } from './append-statements.ts'
import { streamOf, type GenerationColumns, type LockedColumns, type StreamColumns } from './rows.ts'
import { NO_REPLACEMENT, type EntryRow, type JournalTables, type StreamRow } from './tables.ts'

/** The statements of transactions that change a stream whose head is locked. */
export interface ChangeStatements {
  /** The head. Locks the stream until the transaction ends. */
  readonly lock: SqlStatement<StreamColumns, LockedColumns>
  /** The row that has an id. */
  readonly find: SqlStatement<GenerationColumns & Pick<EntryRow, 'entry_id'>, FoundColumns>
  /** The newest entry before a range. */
  readonly findLast: SqlStatement<DroppedRange, Pick<EntryRow, 'position'>>
  /** The number of entries in a range. */
  readonly count: SqlStatement<DroppedRange, { readonly count: number }>
  /** The position of the n-th entry of a range, counted from 0 and from its beginning. */
  readonly findNth: SqlStatement<NthParameters, Pick<EntryRow, 'position'>>
  /** The position of the n-th newest entry of a range, counted from 0. */
  readonly findNthNewest: SqlStatement<NthParameters, Pick<EntryRow, 'position'>>
  /** Turns the entries of a range into remembered ids. */
  readonly remember: SqlStatement<DroppedRange & Pick<EntryRow, 'bytes'>, unknown>
  /** Removes the rows of a range. */
  readonly remove: SqlStatement<DroppedRange, unknown>
  /** Removes the replacements of a range. */
  readonly removeReplacements: SqlStatement<DroppedRange, unknown>
  /** The row of the n-th newest remembered id, counted from 0. */
  readonly findRemembered: SqlStatement<
    GenerationColumns & { readonly skip: number },
    Pick<EntryRow, 'position'>
  >
  /** Forgets the remembered ids that are older than one, by its row. */
  readonly forget: SqlStatement<GenerationColumns & Pick<EntryRow, 'position'>, unknown>
  /** Removes the row that has an id. */
  readonly removeId: SqlStatement<GenerationColumns & Pick<EntryRow, 'entry_id'>, unknown>
  /** Writes a head that exists. */
  readonly update: SqlStatement<StreamRow, unknown>
  /** Removes all rows of a generation. */
  readonly removeAll: SqlStatement<GenerationColumns, unknown>
  /** Removes a head. */
  readonly removeHead: SqlStatement<StreamColumns, unknown>
}

/** The columns that are read of a row with an id. */
export type FoundColumns = Pick<EntryRow, 'entry_id' | 'position' | 'type' | 'bytes'>

/** Positions from one up to another, which is beyond the range. */
export interface DroppedRange extends GenerationColumns {
  readonly from_position: number
  readonly to_position: number
}

/** The parameters of the statements that find one entry of a range. */
interface NthParameters extends DroppedRange {
  readonly skip: number
}

/** Compiles the statements of changes. */
export function compileChanges(database: SqlDatabase): ChangeStatements {
  const db = database.builder.$extendTables<JournalTables>()
  return {
    ...compileHeads(database, db),
    ...compileDrops(db),
    find: compileStatement(
      'journal_find',
      (at: GenerationColumns & Pick<EntryRow, 'entry_id'>) =>
        db
          .selectFrom('journal_entries')
          .select(['entry_id', 'position', 'type', 'bytes'])
          .where((where) => where.and(generationOf(at)))
          .where('entry_id', '=', at.entry_id)
          .where('entry_id', '<>', sql.lit('')),
      { repeat: 'reads', isPointRead: true },
    ),
    findLast: compileStatement(
      'journal_find_last',
      (at: DroppedRange) =>
        entriesOf(db, at)
          .select('position')
          .where('position', '>', sql.lit(0))
          .where('position', '<', at.from_position)
          .orderBy('position', 'desc')
          .limit(sql.lit(1)),
      { repeat: 'reads' },
    ),
    count: compileStatement(
      'journal_count',
      (at: DroppedRange) =>
        entriesOf(db, at)
          .select(sql<number>`count(*)`.as('count'))
          .where('position', '>=', at.from_position)
          .where('position', '<', at.to_position),
      { repeat: 'reads' },
    ),
    findNth: compileStatement('journal_find_nth', (at: NthParameters) => nthOf(db, at, 'asc'), {
      repeat: 'reads',
    }),
    findNthNewest: compileStatement(
      'journal_find_nth_newest',
      (at: NthParameters) => nthOf(db, at, 'desc'),
      { repeat: 'reads' },
    ),
    findRemembered: compileStatement(
      'journal_find_remembered',
      (at: GenerationColumns & { readonly skip: number }) =>
        entriesOf(db, at)
          .select('position')
          .where('position', '<', sql.lit(0))
          .orderBy('position')
          .limit(sql.lit(1))
          .offset(at.skip),
      { repeat: 'reads' },
    ),
  }
}

function compileHeads(
  database: SqlDatabase,
  db: Kysely<JournalTables>,
): Pick<ChangeStatements, 'lock' | 'update' | 'removeHead'> {
  return {
    lock: compileStatement(
      'journal_lock',
      (at: StreamColumns) =>
        database.dialect.lockRows(
          db
            .selectFrom('journal_streams')
            .select([...headNames, 'recent_at', 'operations'])
            .where((where) => where.and(streamOf(at))),
        ),
      { repeat: 'reads', isPointRead: true },
    ),
    update: compileStatement(
      'journal_update',
      (row: StreamRow) =>
        db
          .updateTable('journal_streams')
          .set({
            first: row.first,
            position: row.position,
            length: row.length,
            updated_at: row.updated_at,
            operations: row.operations,
          })
          .where((where) => where.and({ ...streamOf(row), generation: row.generation })),
      { repeat: 'never' },
    ),
    removeHead: compileStatement(
      'journal_remove_head',
      (at: StreamColumns) =>
        db.deleteFrom('journal_streams').where((where) => where.and(streamOf(at))),
      { repeat: 'never' },
    ),
  }
}

function compileDrops(
  db: Kysely<JournalTables>,
): Pick<
  ChangeStatements,
  'remember' | 'remove' | 'removeReplacements' | 'forget' | 'removeId' | 'removeAll'
> {
  return {
    remember: compileStatement(
      'journal_remember',
      (at: DroppedRange & Pick<EntryRow, 'bytes'>) =>
        db
          .updateTable('journal_entries')
          .set({ position: sql<number>`-position`, type: sql.lit(''), bytes: at.bytes })
          .where((where) => where.and(generationOf(at)))
          .where('position', '>=', at.from_position)
          .where('position', '<', at.to_position)
          .where('replaced_after', '=', sql.lit(NO_REPLACEMENT)),
      { repeat: 'never' },
    ),
    remove: compileStatement(
      'journal_remove',
      (at: DroppedRange) =>
        db
          .deleteFrom('journal_entries')
          .where((where) => where.and(generationOf(at)))
          .where('position', '>=', at.from_position)
          .where('position', '<', at.to_position),
      { repeat: 'never' },
    ),
    removeReplacements: compileStatement(
      'journal_remove_replacements',
      (at: DroppedRange) =>
        db
          .deleteFrom('journal_entries')
          .where((where) => where.and(generationOf(at)))
          .where('position', '>=', at.from_position)
          .where('position', '<', at.to_position)
          .where('replaced_after', '<>', sql.lit(NO_REPLACEMENT)),
      { repeat: 'never' },
    ),
    forget: compileStatement(
      'journal_forget',
      (at: GenerationColumns & Pick<EntryRow, 'position'>) =>
        db
          .deleteFrom('journal_entries')
          .where((where) => where.and(generationOf(at)))
          .where('position', '>', at.position)
          .where('position', '<', sql.lit(0)),
      { repeat: 'never' },
    ),
    removeId: compileStatement(
      'journal_remove_id',
      (at: GenerationColumns & Pick<EntryRow, 'entry_id'>) =>
        db
          .deleteFrom('journal_entries')
          .where((where) => where.and({ ...generationOf(at), entry_id: at.entry_id }))
          .where('entry_id', '<>', sql.lit('')),
      { repeat: 'never' },
    ),
    removeAll: compileStatement(
      'journal_remove_all',
      (at: GenerationColumns) =>
        db.deleteFrom('journal_entries').where((where) => where.and(generationOf(at))),
      { repeat: 'never' },
    ),
  }
}

function nthOf(db: Kysely<JournalTables>, at: NthParameters, direction: 'asc' | 'desc') {
  return entriesOf(db, at)
    .select('position')
    .where('position', '>=', at.from_position)
    .where('position', '<', at.to_position)
    .orderBy('position', direction)
    .limit(sql.lit(1))
    .offset(at.skip)
}

/** Returns a query for the entries of a generation, dropped ones included. */
function entriesOf(db: Kysely<JournalTables>, at: GenerationColumns) {
  return db
    .selectFrom('journal_entries')
    .where((where) => where.and(generationOf(at)))
    .where('replaced_after', '=', sql.lit(NO_REPLACEMENT))
}

/** Picks the columns that name a generation of a row or of the placeholders of a statement. */
function generationOf({ tenant_id, generation }: GenerationColumns): GenerationColumns {
  return { tenant_id, generation }
}
