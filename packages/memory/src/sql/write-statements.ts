import { compileStatement, type SqlDatabase, type SqlStatement } from '@harborage/core/sql'
import { sql, type InsertQueryBuilder, type InsertResult, type RawBuilder } from 'kysely'
import { conversationKey } from '../internal/conversation-key.ts'
import { REMOVED_POSITION } from '../memory-driver.ts'
import { BEFORE_TURNS, HEADER_KIND } from './kinds.ts'
import { identityOf, ownerOf, type OwnerColumns } from './rows.ts'
import { memoryState, type MemoryRow, type MemoryTables } from './tables.ts'

/** The statements that write. */
export interface MemoryWriteStatements {
  /** Writes a row unless it exists. */
  readonly insert: SqlStatement<MemoryRow, unknown>
  readonly upsert: SqlStatement<MemoryRow, unknown>
  /** Writes many different rows. `undefined` on engines without such a statement. */
  readonly upsertAll: SqlStatement<readonly MemoryRow[], unknown> | undefined
  /**
   * As {@link upsert}, for the row of a turn id. If the turn was removed by its id, the row still
   * says so afterwards.
   */
  readonly rememberId: SqlStatement<MemoryRow, unknown>
  /** As {@link upsertAll}, for rows of turn ids. */
  readonly rememberAllIds: SqlStatement<readonly MemoryRow[], unknown> | undefined
  /** Writes a turn unless its id is remembered. */
  readonly append: SqlStatement<AppendParameters, unknown>
  /** Replaces an expected header, unless the id of the turn is remembered. */
  readonly replaceHeader: SqlStatement<ExpectedAppend, unknown>
  /**
   * As {@link replaceHeader}, and writes the turn if the header was replaced. `undefined` on
   * engines without such a statement.
   */
  readonly appendExpected: SqlStatement<ExpectedAppend, unknown> | undefined
  readonly removeTurns: SqlStatement<OwnerColumns & { readonly last_kind: string }, unknown>
  readonly removeTurn: SqlStatement<OwnerColumns & { readonly turn_kind: string }, unknown>
  /** Removes the forgotten ids between two kinds. */
  readonly forget: SqlStatement<ForgetParameters, unknown>
  /** Removes all rows of a conversation. */
  readonly erase: SqlStatement<OwnerColumns, unknown>
}

/** The parameters of {@link MemoryWriteStatements.append}. */
export interface AppendParameters extends MemoryRow {
  readonly id_kind: string
  readonly id_lineage: Uint8Array
  /**
   * The position that was found with the id, if it is forgotten and so does not prevent the write;
   * otherwise -1.
   */
  readonly seen_position: number
}

/** The parameters of {@link MemoryWriteStatements.appendExpected}. */
export interface ExpectedAppend extends AppendParameters {
  /** The lineage of the expected header, which stays. */
  readonly lineage: number
  readonly expected_header: Uint8Array
  readonly new_header: Uint8Array
}

/** The parameters of {@link MemoryWriteStatements.forget}. */
export interface ForgetParameters extends OwnerColumns {
  readonly first_kind: string
  readonly last_kind: string
  readonly lineage: Uint8Array
  readonly through: number
  readonly before: number
}

type Insert = InsertQueryBuilder<MemoryTables, 'memory_state', InsertResult>

/** Compiles the statements that write. */
export function compileWriteStatements(database: SqlDatabase): MemoryWriteStatements {
  const db = database.builder.$extendTables<MemoryTables>()
  const into = (): Insert => db.insertInto('memory_state')
  const upsertAll = database.dialect.compileAllOrNone<MemoryRow>(
    'memory_upsert_all',
    database,
    memoryState.columns,
    ({ columns, rows }) =>
      replacing(into().columns(columns).expression(rows)).returning(sql.lit(1).as('one')),
    { repeat: 'never' },
  )
  return {
    insert: compileStatement(
      'memory_insert',
      (row: MemoryRow) =>
        into()
          .values(memoryState.rowOf(row))
          .onConflict((conflict) => conflict.doNothing()),
      { repeat: 'never' },
    ),
    upsert: compileStatement(
      'memory_upsert',
      (row: MemoryRow) => replacing(into().values(memoryState.rowOf(row))),
      { repeat: 'never' },
    ),
    upsertAll,
    rememberId: compileStatement(
      'memory_remember_id',
      (row: MemoryRow) => replacing(into().values(memoryState.rowOf(row)), positionOfId),
      { repeat: 'never' },
    ),
    rememberAllIds: database.dialect.compileAllOrNone<MemoryRow>(
      'memory_remember_all_ids',
      database,
      memoryState.columns,
      ({ columns, rows }) =>
        replacing(into().columns(columns).expression(rows), positionOfId).returning(
          sql.lit(1).as('one'),
        ),
      { repeat: 'never' },
    ),
    append: compileStatement(
      'memory_append',
      (turn: AppendParameters) =>
        replacing(into().columns(memoryState.except()).expression(appendedRow(database, turn))),
      { repeat: 'never' },
    ),
    ...compileExpectedAppends(database, upsertAll !== undefined),
    removeTurns: compileStatement(
      'memory_remove_turns',
      (range: OwnerColumns & { readonly last_kind: string }) =>
        db
          .deleteFrom('memory_state')
          .where((where) => where.and(ownerOf(range)))
          .where('kind', '>', BEFORE_TURNS)
          .where('kind', '<=', range.last_kind),
      { repeat: 'never' },
    ),
    removeTurn: compileStatement(
      'memory_remove_turn',
      (turn: OwnerColumns & { readonly turn_kind: string }) =>
        db
          .deleteFrom('memory_state')
          .where((where) => where.and({ ...ownerOf(turn), kind: turn.turn_kind })),
      { repeat: 'never' },
    ),
    forget: compileStatement(
      'memory_forget',
      (range: ForgetParameters) =>
        db
          .deleteFrom('memory_state')
          .where((where) => where.and(ownerOf(range)))
          .where('kind', '>', range.first_kind)
          .where('kind', '<', range.last_kind)
          .where((where) =>
            where.or([
              where('bytes', '<>', range.lineage),
              where.and([
                where('tokens', '<=', range.through),
                where('updated_at', '<', range.before),
              ]),
            ]),
          ),
      { repeat: 'never' },
    ),
    erase: compileStatement(
      'memory_erase',
      (owner: OwnerColumns) =>
        db.deleteFrom('memory_state').where((where) => where.and(ownerOf(owner))),
      { repeat: 'never' },
    ),
  }
}

/** Compiles the replacement of an expected header, alone and together with the append of a turn. */
function compileExpectedAppends(
  database: SqlDatabase,
  canChangeTwice: boolean,
): Pick<MemoryWriteStatements, 'replaceHeader' | 'appendExpected'> {
  const db = database.builder.$extendTables<MemoryTables>()
  const replacingHeader = (turn: ExpectedAppend) =>
    db
      .updateTable('memory_state')
      .set({ strategy: turn.strategy, updated_at: turn.updated_at, bytes: turn.new_header })
      .where((where) => where.and({ ...ownerOf(turn), kind: HEADER_KIND }))
      .where('tokens', '=', turn.lineage)
      .where('bytes', '=', turn.expected_header)
      .where((where) => where.not(where.exists(rememberedId(database, turn))))
  const appending = (turn: ExpectedAppend) =>
    replacing(
      db
        .with('replaced', () => replacingHeader(turn).returning(sql.lit(1).as('one')))
        .insertInto('memory_state')
        .columns(memoryState.except())
        .expression(sql`select ${valuesOf(database, turn)} from replaced`),
    )
  return {
    replaceHeader: compileStatement('memory_replace_header', replacingHeader, { repeat: 'never' }),
    appendExpected: canChangeTwice
      ? compileStatement('memory_append_expected', appending, {
          repeat: 'recognized',
          keysOf: (turn) => [conversationKey(identityOf(turn))],
          sizeOf: ({ bytes, new_header }) => bytes.length + new_header.length,
        })
      : undefined,
  }
}

/** The position of a turn id that is written again: it stays if the turn was removed by its id. */
const positionOfId = sql<number>`case when memory_state.tokens = ${sql.lit(REMOVED_POSITION)} and memory_state.bytes = excluded.bytes then memory_state.tokens else excluded.tokens end`

function replacing(insert: Insert, tokens?: RawBuilder<number>): Insert {
  return insert.onConflict((conflict) =>
    conflict.columns(memoryState.key).doUpdateSet((row) => ({
      strategy: row.ref('excluded.strategy'),
      tokens: tokens ?? row.ref('excluded.tokens'),
      updated_at: row.ref('excluded.updated_at'),
      bytes: row.ref('excluded.bytes'),
    })),
  )
}

/**
 * Returns the query for the row of a turn, which is empty if the id of the turn is remembered. The
 * lookup with the lock may have missed the id: a statement that waits for a lock reads a snapshot
 * from before the wait.
 */
function appendedRow(database: SqlDatabase, turn: AppendParameters): RawBuilder<unknown> {
  return sql`select ${valuesOf(database, turn)} where not exists ${rememberedId(database, turn)}`
}

/** Returns the values of the row of a turn, in the order of the columns. */
function valuesOf(database: SqlDatabase, turn: AppendParameters): RawBuilder<unknown> {
  const values = memoryState.except().map((column) => {
    const type = database.dialect.valueType(memoryState.columns[column])
    return type === undefined ? sql`${turn[column]}` : sql`cast(${turn[column]} as ${type})`
  })
  return sql.join(values)
}

/** Returns the query for the row that remembers the id of a turn. */
function rememberedId(database: SqlDatabase, turn: AppendParameters) {
  return database.builder
    .$extendTables<MemoryTables>()
    .selectFrom('memory_state')
    .select(sql.lit(1).as('one'))
    .where((where) => where.and({ ...ownerOf(turn), kind: turn.id_kind }))
    .where('bytes', '=', turn.id_lineage)
    .where('tokens', '<>', turn.seen_position)
}
