import { compileStatement, type SqlDatabase, type SqlStatement } from '@harborage/core/sql'
import { sql, type InsertQueryBuilder, type InsertResult, type RawBuilder } from 'kysely'
import { REMOVED_POSITION } from '../memory-driver.ts'
import { BEFORE_TURNS } from './kinds.ts'
import { ownerOf, type OwnerColumns } from './rows.ts'
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
    upsertAll: database.dialect.compileAllOrNone<MemoryRow>(
      'memory_upsert_all',
      database,
      memoryState.columns,
      ({ columns, rows }) =>
        replacing(into().columns(columns).expression(rows)).returning(sql.lit(1).as('one')),
      { repeat: 'never' },
    ),
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
  const values = memoryState.except().map((column) => {
    const type = database.dialect.valueType(memoryState.columns[column])
    return type === undefined ? sql`${turn[column]}` : sql`cast(${turn[column]} as ${type})`
  })
  const known = database.builder
    .$extendTables<MemoryTables>()
    .selectFrom('memory_state')
    .select(sql.lit(1).as('one'))
    .where((where) => where.and({ ...ownerOf(turn), kind: turn.id_kind }))
    .where('bytes', '=', turn.id_lineage)
    .where('tokens', '<>', turn.seen_position)
  return sql`select ${sql.join(values)} where not exists ${known}`
}
