import type { Subtree } from '@harborage/core'
import {
  areAfter,
  compileDirectory,
  compileRuns,
  compileStatement,
  type DirectoryStatements,
  type SqlDatabase,
  type SqlStatement,
} from '@harborage/core/sql'
import { sql, type Kysely } from 'kysely'
import { MAX_COMPARED_PASSAGES, MAX_QUERY_WORDS, type DumpedPassage } from '../passage.ts'
import type { PassagePlace } from '../passage-driver.ts'
import { compileDated, type DatedStatements } from './passage-dates.ts'
import { ownerColumns, ownerOf, type CollectionColumns, type OwnerColumns } from './rows.ts'
import { memoryPassages, type MemoryTables, type PassageRow } from './tables.ts'

/** The parameters of a search. */
export interface SearchParameters extends CollectionColumns {
  /** The words in the form of the dialect. */
  readonly any: string
  /** The pattern of each word, and `null` at the places of those that the search does not have. */
  readonly [pattern: `pattern_${number}`]: string | null
}

/** The columns of a passage that has one of the words. */
export interface CandidateColumns extends Pick<
  PassageRow,
  'session_id' | 'run_id' | 'ordinal' | 'id' | 'created_at'
> {
  /** How many of the words it has. */
  readonly common: number
}

/** The number of the passages of a collection, and the date of the newest; `null` without any. */
export interface NewestColumns {
  readonly count: number
  readonly newest: number | null
}

/** The columns of a passage of a known collection. */
export type HeldColumns = Pick<PassageRow, 'ordinal' | 'id' | 'created_at' | 'words' | 'bytes'>

/** The parameters of a statement about one passage. */
export type PassageKey = Omit<PassageRow, 'created_at' | 'words' | 'bytes'>

/** The levels of owners whose passages are searched, counted or deleted. */
export type PassageLevel = Subtree['level']

/** The parameters of {@link PassageStatements.remove}. */
export interface RemoveParameters extends OwnerColumns {
  /** The largest number of rows. */
  readonly limit: number
}

/** The statements of passages. */
export interface PassageStatements {
  readonly insert: SqlStatement<PassageRow, unknown>
  /** Deletes one passage. */
  readonly drop: SqlStatement<PassageKey, unknown>
  /** Deletes all passages of a collection. */
  readonly dropAll: SqlStatement<CollectionColumns, unknown>
  readonly lock: SqlStatement<CollectionColumns, Pick<PassageRow, 'id'>>
  /** How many passages a collection has, and the date of the newest. */
  readonly newest: SqlStatement<CollectionColumns, NewestColumns>
  readonly dated: DatedStatements
  /** The passages of a collection in their order. */
  readonly all: SqlStatement<CollectionColumns, HeldColumns>
  readonly read: SqlStatement<PassageKey, Pick<PassageRow, 'bytes'>>
  readonly search: Readonly<
    Record<Exclude<PassageLevel, 'tenant'>, SqlStatement<SearchParameters, CandidateColumns>>
  >
  readonly remove: Readonly<Record<PassageLevel, SqlStatement<RemoveParameters, unknown>>>
  readonly count: Readonly<
    Record<'user' | 'tenant', SqlStatement<OwnerColumns, { readonly count: number }>>
  >
  readonly directory: DirectoryStatements
  /** The collections of all owners after a place. */
  readonly collections: SqlStatement<
    CollectionColumns & { readonly limit: number },
    CollectionColumns
  >
}

const columnsOf = {
  run: ['tenant_id', 'user_id', 'session_id', 'run_id'],
  session: ['tenant_id', 'user_id', 'session_id'],
  user: ['tenant_id', 'user_id'],
  tenant: ['tenant_id'],
} as const satisfies Record<PassageLevel, readonly (keyof OwnerColumns)[]>

/** The places of the words of a search. */
const places: readonly number[] = Array.from({ length: MAX_QUERY_WORDS }, (_, place) => place)

const named = [...columnsOf.run, 'collection'] as const
const candidate = ['session_id', 'run_id', 'ordinal', 'id', 'created_at'] as const
const held = ['ordinal', 'id', 'created_at', 'words', 'bytes'] as const

/** Compiles the statements of passages. */
export function compilePassages(database: SqlDatabase): PassageStatements {
  const db = database.builder.$extendTables<MemoryTables>()
  const { spec } = memoryPassages
  return {
    ...compileCollections(database),
    dated: compileDated(database),
    read: compileStatement(
      'memory_passages_read',
      (at: PassageKey) =>
        db
          .selectFrom('memory_passages')
          .select('bytes')
          .where((where) => where.and(memoryPassages.keyOf(at)))
          .where('id', '=', at.id),
      { repeat: 'reads' },
    ),
    search: {
      run: compileSearch('memory_passages_run', database, 'run'),
      session: compileSearch('memory_passages_session', database, 'session'),
      user: compileSearch('memory_passages_user', database, 'user'),
    },
    remove: {
      run: compileRemove('memory_passages_run', db, 'run'),
      session: compileRemove('memory_passages_session', db, 'session'),
      user: compileRemove('memory_passages_user', db, 'user'),
      tenant: compileRemove('memory_passages_tenant', db, 'tenant'),
    },
    count: {
      user: compileCount('memory_passages_user', db, 'user'),
      tenant: compileCount('memory_passages_tenant', db, 'tenant'),
    },
    directory: {
      ...compileDirectory('memory_passages', database, spec),
      runs: compileRuns('memory_passages', database, spec),
    },
  }
}

/** Compiles the search of a level, whose name begins with `search`. */
function compileSearch(
  search: string,
  { builder, dialect }: SqlDatabase,
  level: Exclude<PassageLevel, 'tenant'>,
) {
  const db = builder.$extendTables<MemoryTables>()
  const { spec } = memoryPassages
  return compileStatement(
    `${search}_search`,
    (at: SearchParameters) =>
      rowsOf(db, level, at)
        .select(candidate)
        .select(commonWords(at).as('common'))
        .where('collection', '=', at.collection)
        .where(dialect.words.hasAny(spec, spec.words, sql`${at.any}`))
        .orderBy('created_at', 'desc')
        .orderBy('session_id')
        .orderBy('run_id')
        .orderBy('ordinal')
        .limit(sql.lit(MAX_COMPARED_PASSAGES)),
    { repeat: 'reads' },
  )
}

/** Compiles the deletion of a batch of a level, whose name begins with `removed`. */
function compileRemove(removed: string, db: Kysely<MemoryTables>, level: PassageLevel) {
  return compileStatement(
    `${removed}_remove`,
    (at: RemoveParameters) =>
      db
        .deleteFrom('memory_passages')
        .where((where) => where.and(ownedBy(level, at)))
        .where('id', 'in', rowsOf(db, level, at).select('id').limit(at.limit)),
    { repeat: 'never' },
  )
}

/** Compiles the count of a level, whose name begins with `counted`. */
function compileCount(counted: string, db: Kysely<MemoryTables>, level: 'user' | 'tenant') {
  return compileStatement(
    `${counted}_count`,
    (at: OwnerColumns) => rowsOf(db, level, at).select(sql<number>`count(*)`.as('count')),
    { repeat: 'reads' },
  )
}

type CollectionStatements = Pick<
  PassageStatements,
  'insert' | 'drop' | 'dropAll' | 'lock' | 'newest' | 'all' | 'collections'
>

/** Compiles the statements about whole collections. */
function compileCollections(database: SqlDatabase): CollectionStatements {
  const db = database.builder.$extendTables<MemoryTables>()
  const { dialect } = database
  return {
    insert: compileStatement(
      'memory_passages_insert',
      (row: PassageRow) => db.insertInto('memory_passages').values(memoryPassages.rowOf(row)),
      { repeat: 'never' },
    ),
    drop: compileStatement(
      'memory_passages_drop',
      (at: PassageKey) =>
        db
          .deleteFrom('memory_passages')
          .where((where) => where.and(memoryPassages.keyOf(at)))
          .where('id', '=', at.id),
      { repeat: 'never' },
    ),
    dropAll: compileStatement(
      'memory_passages_drop_all',
      (at: CollectionColumns) =>
        db
          .deleteFrom('memory_passages')
          .where((where) => where.and(ownerOf(at)))
          .where('collection', '=', at.collection),
      { repeat: 'never' },
    ),
    newest: compileStatement(
      'memory_passages_newest',
      (at: CollectionColumns) =>
        collectionOf(db, at)
          .select(sql<number>`count(*)`.as('count'))
          .select(sql<number | null>`max(created_at)`.as('newest')),
      { repeat: 'reads' },
    ),
    lock: compileStatement(
      'memory_passages_lock',
      (at: CollectionColumns) =>
        dialect.lockRows(collectionOf(db, at).select('id').orderBy('ordinal')),
      { repeat: 'reads' },
    ),
    all: compileStatement(
      'memory_passages_all',
      (at: CollectionColumns) => collectionOf(db, at).select(held).orderBy('ordinal'),
      { repeat: 'reads' },
    ),
    collections: compileStatement(
      'memory_passages_collections',
      (at: CollectionColumns & { readonly limit: number }) =>
        named
          .reduce(
            (query, column) => query.orderBy(column),
            db
              .selectFrom('memory_passages')
              .select(named)
              .distinct()
              .where(areAfter(named, (column) => Reflect.get(at, column))),
          )
          .limit(at.limit),
      { repeat: 'reads' },
    ),
  }
}

/** Returns the columns that name a collection. */
export function collectionColumns({ identity, collection }: PassagePlace): CollectionColumns {
  return { ...ownerColumns(identity), collection }
}

/** Returns the patterns of the words of a search. */
export function patternsOf(words: readonly string[]): Pick<SearchParameters, `pattern_${number}`> {
  return Object.fromEntries(
    places.map((place) => {
      const word = words[place]
      return [`pattern_${place}`, word === undefined ? null : `%${word}%`]
    }),
  )
}

/** Returns how many of the words of a search a row has. No digest is a part of others. */
function commonWords(at: SearchParameters) {
  const each = places.map(
    (place) => sql`case when words like ${at[`pattern_${place}`]} then 1 else 0 end`,
  )
  return sql<number>`${sql.join(each, sql` + `)}`
}

/** Returns the digests of the words in a row. */
function wordsIn({ words }: Pick<PassageRow, 'words'>): readonly string[] {
  return words === '' ? [] : words.split(' ')
}

/** Returns the passage in a row. */
export function passageIn(row: HeldColumns): DumpedPassage {
  return { words: wordsIn(row), bytes: row.bytes, createdAt: new Date(Number(row.created_at)) }
}

function collectionOf(db: Kysely<MemoryTables>, at: CollectionColumns) {
  return db
    .selectFrom('memory_passages')
    .where((where) => where.and(ownerOf(at)))
    .where('collection', '=', at.collection)
}

function rowsOf(db: Kysely<MemoryTables>, level: PassageLevel, at: OwnerColumns) {
  return db.selectFrom('memory_passages').where((where) => where.and(ownedBy(level, at)))
}

function ownedBy(level: PassageLevel, at: OwnerColumns): Partial<OwnerColumns> {
  return Object.fromEntries(columnsOf[level].map((column) => [column, at[column]]))
}
