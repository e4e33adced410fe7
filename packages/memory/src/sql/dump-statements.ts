import {
  areAfter,
  compileStatement,
  type SqlDatabase,
  type SqlStatement,
} from '@harborage/core/sql'
import { HEADER_KIND } from './kinds.ts'
import {
  lockedNames,
  ownerOf,
  type LockedColumns,
  type OwnerColumns,
  type PageParameters,
} from './rows.ts'
import type { MemoryTables } from './tables.ts'

/** The statements that dump all conversations. */
export interface DumpStatements {
  /** The conversations after one, in the order of the primary key. */
  readonly next: SqlStatement<OwnerColumns & { readonly limit: number }, OwnerColumns>
  /** The rows of a conversation after a kind, those of remembered ids among them. */
  readonly rows: SqlStatement<PageParameters, LockedColumns>
}

const owner = ['tenant_id', 'user_id', 'session_id', 'run_id'] as const

/** Compiles the statements. */
export function compileDump(database: SqlDatabase): DumpStatements {
  const db = database.builder.$extendTables<MemoryTables>()
  return {
    next: compileStatement(
      'memory_dump_next',
      (at: OwnerColumns & { readonly limit: number }) =>
        owner
          .reduce(
            (query, column) => query.orderBy(column),
            db
              .selectFrom('memory_state')
              .select(owner)
              .where('kind', '=', HEADER_KIND)
              .where(areAfter(owner, (column) => Reflect.get(at, column))),
          )
          .limit(at.limit),
      { repeat: 'reads' },
    ),
    rows: compileStatement(
      'memory_dump_rows',
      (page: PageParameters) =>
        db
          .selectFrom('memory_state')
          .select(lockedNames)
          .where((where) => where.and(ownerOf(page)))
          .where('kind', '>', page.after_kind)
          .orderBy('kind')
          .limit(page.limit),
      { repeat: 'reads' },
    ),
  }
}
