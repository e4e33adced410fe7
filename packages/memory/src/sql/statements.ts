import {
  compileStatement,
  sessionOf,
  type SqlDatabase,
  type SqlStatement,
} from '@harborage/core/sql'
import { AFTER_TURNS, BEFORE_TURNS, HEADER_KIND, SUMMARY_KIND } from './kinds.ts'
import type { ContentColumns, OwnerColumns } from './rows.ts'
import type { MemoryRow, MemoryTables } from './tables.ts'

/** Every statement of the memory store, compiled once when it opens. */
export interface MemoryStatements {
  /** All rows of a conversation, turns in their order. */
  readonly read: SqlStatement<OwnerColumns, ContentColumns>
  readonly header: SqlStatement<OwnerColumns, ContentColumns>
  /** The bookkeeping, keeping others from changing the conversation until the transaction ends. */
  readonly lock: SqlStatement<OwnerColumns, ContentColumns>
  readonly summary: SqlStatement<OwnerColumns, ContentColumns>
  readonly oldestTurns: SqlStatement<OwnerColumns & { readonly limit: number }, ContentColumns>
  /** Writes a row unless there is one. */
  readonly insert: SqlStatement<MemoryRow, unknown>
  readonly upsert: SqlStatement<MemoryRow, unknown>
  readonly removeTurns: SqlStatement<OwnerColumns & { readonly last_kind: string }, unknown>
}

const content = ['kind', 'tokens', 'bytes'] as const
const key = ['tenant_id', 'user_id', 'session_id', 'run_id', 'kind'] as const

export function compileMemoryStatements(database: SqlDatabase): MemoryStatements {
  const db = database.builder.$extendTables<MemoryTables>()
  const rowsOf = (owner: OwnerColumns) =>
    db
      .selectFrom('memory_state')
      .select(content)
      .where((where) => where.and(ownerOf(owner)))
      .orderBy('kind')
  const header = (owner: OwnerColumns) => rowsOf(owner).where('kind', '=', HEADER_KIND)
  return {
    read: compileStatement('memory_read', rowsOf, { repeat: 'reads' }),
    header: compileStatement('memory_header', header, { repeat: 'reads' }),
    lock: compileStatement(
      'memory_lock',
      (owner: OwnerColumns) =>
        database.traits.rowLocks ? header(owner).forUpdate() : header(owner),
      { repeat: 'reads' },
    ),
    summary: compileStatement(
      'memory_summary',
      (owner: OwnerColumns) => rowsOf(owner).where('kind', '=', SUMMARY_KIND),
      { repeat: 'reads' },
    ),
    oldestTurns: compileStatement(
      'memory_oldest_turns',
      (page: OwnerColumns & { readonly limit: number }) =>
        rowsOf(page)
          .where('kind', '>', BEFORE_TURNS)
          .where('kind', '<', AFTER_TURNS)
          .limit(page.limit),
      { repeat: 'reads' },
    ),
    insert: compileStatement(
      'memory_insert',
      (row: MemoryRow) =>
        db
          .insertInto('memory_state')
          .values(rowOf(row))
          .onConflict((conflict) => conflict.doNothing()),
      { repeat: 'never' },
    ),
    upsert: compileStatement(
      'memory_upsert',
      (row: MemoryRow) =>
        db
          .insertInto('memory_state')
          .values(rowOf(row))
          .onConflict((conflict) =>
            conflict.columns(key).doUpdateSet((update) => ({
              strategy: update.ref('excluded.strategy'),
              tokens: update.ref('excluded.tokens'),
              updated_at: update.ref('excluded.updated_at'),
              bytes: update.ref('excluded.bytes'),
            })),
          ),
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
  }
}

function ownerOf(at: OwnerColumns): OwnerColumns {
  return { ...sessionOf(at), run_id: at.run_id }
}

function rowOf(row: MemoryRow): MemoryRow {
  const { kind, strategy, tokens, updated_at, bytes } = row
  return { ...ownerOf(row), kind, strategy, tokens, updated_at, bytes }
}
