import {
  compileOnce,
  compileStatement,
  type SqlDatabase,
  type SqlStatement,
} from '@harborage/core/sql'
import { sql } from 'kysely'
import { compileDump, type DumpStatements } from './dump-statements.ts'
import { compileHeaders, type HeaderStatements } from './header-statements.ts'
import { AFTER_TURNS, BEFORE_TURNS, HEADER_KIND, SUMMARY_KIND } from './kinds.ts'
import { compilePassages, type PassageStatements } from './passage-statements.ts'
import {
  contentNames,
  lockedNames,
  ownerOf,
  type ContentColumns,
  type LockedColumns,
  type OwnerColumns,
  type PageParameters,
} from './rows.ts'
import { compileSubtrees, type SubtreeStatements } from './subtree-statements.ts'
import type { MemoryTables } from './tables.ts'
import { compileWriteStatements, type MemoryWriteStatements } from './write-statements.ts'

/** The statements of the memory store, compiled once when it opens. */
export interface MemoryStatements extends MemoryWriteStatements {
  /**
   * The rows of a conversation after a kind, turns in their order. Remembered ids are not among
   * them.
   */
  readonly page: SqlStatement<PageParameters, ContentColumns>
  readonly header: SqlStatement<OwnerColumns, ContentColumns>
  /** The header. Locks the conversation until the transaction ends. */
  readonly lock: SqlStatement<OwnerColumns, LockedColumns>
  /** The header and the row of a remembered id. Locks the conversation like {@link lock}. */
  readonly lockAndFind: SqlStatement<OwnerColumns & { readonly id_kind: string }, LockedColumns>
  readonly summary: SqlStatement<OwnerColumns, ContentColumns>
  readonly oldestTurns: SqlStatement<OwnerColumns & { readonly limit: number }, ContentColumns>
  readonly subtrees: SubtreeStatements
  readonly dump: DumpStatements
  readonly headers: HeaderStatements
  readonly passages: PassageStatements
}

/** Compiles the statements, once for all databases of one engine and schema. */
export const compileMemoryStatements: (database: SqlDatabase) => MemoryStatements =
  compileOnce(compileAll)

function compileAll(database: SqlDatabase): MemoryStatements {
  const db = database.builder.$extendTables<MemoryTables>()
  const rowsOf = (owner: OwnerColumns) =>
    db
      .selectFrom('memory_state')
      .select(contentNames)
      .where((where) => where.and(ownerOf(owner)))
      .orderBy('kind')
  const lockedRowsOf = (owner: OwnerColumns) =>
    database.dialect.lockRows(
      db
        .selectFrom('memory_state')
        .select(lockedNames)
        .where((where) => where.and(ownerOf(owner)))
        .orderBy('kind'),
    )
  return {
    ...compileWriteStatements(database),
    subtrees: compileSubtrees(database),
    dump: compileDump(database),
    headers: compileHeaders(database),
    passages: compilePassages(database),
    page: compileStatement(
      'memory_page',
      (page: PageParameters) =>
        rowsOf(page)
          .where('kind', '>', page.after_kind)
          .where('kind', '<', sql.lit(AFTER_TURNS))
          .limit(page.limit),
      { repeat: 'reads' },
    ),
    header: compileStatement(
      'memory_header',
      (owner: OwnerColumns) => rowsOf(owner).where('kind', '=', HEADER_KIND),
      { repeat: 'reads', isPointRead: true },
    ),
    lock: compileStatement(
      'memory_lock',
      (owner: OwnerColumns) => lockedRowsOf(owner).where('kind', '=', HEADER_KIND),
      { repeat: 'reads', isPointRead: true },
    ),
    lockAndFind: compileStatement(
      'memory_lock_and_find',
      (at: OwnerColumns & { readonly id_kind: string }) =>
        lockedRowsOf(at).where('kind', 'in', [HEADER_KIND, at.id_kind]),
      { repeat: 'reads' },
    ),
    summary: compileStatement(
      'memory_summary',
      (owner: OwnerColumns) => rowsOf(owner).where('kind', '=', SUMMARY_KIND),
      { repeat: 'reads', isPointRead: true },
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
  }
}
