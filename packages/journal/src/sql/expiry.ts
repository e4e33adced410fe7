import {
  compileStatement,
  selectRows,
  type SqlDatabase,
  type SqlStatement,
  type SqlWork,
} from '@harborage/core/sql'
import { sql } from 'kysely'
import { streamOf, type HeadColumns, type StreamColumns } from './rows.ts'
import { NEVER, type EntryRow, type JournalTables, type StreamRow } from './tables.ts'

/** Whether a stream has expired: 1 if so, else 0. */
export interface ExpiredColumn {
  readonly is_expired: number
}

/** The statements about streams that expire. */
export interface ExpiryStatements {
  /** The time by the clock of the database, in milliseconds. */
  readonly now: SqlStatement<object, { readonly now: number }>
  /** Writes the expiry of a stream. */
  readonly setExpiry: SqlStatement<StreamColumns & Pick<StreamRow, 'expires_at'>, unknown>
  /** Gives a head another generation, without entries. */
  readonly renew: SqlStatement<RenewedHead & StreamColumns, unknown>
  /** Gives all rows of a generation another one. */
  readonly moveRows: SqlStatement<MovedRows, unknown>
}

/** What a head becomes that begins anew. */
export type RenewedHead = Pick<StreamRow, 'generation' | 'first'>

interface MovedRows extends Pick<EntryRow, 'tenant_id' | 'generation'> {
  readonly to_generation: string
}

/** Compiles the statements. */
export function compileExpiry(database: SqlDatabase): ExpiryStatements {
  const db = database.builder.$extendTables<JournalTables>()
  return {
    now: compileStatement('journal_now', () => db.selectNoFrom(database.dialect.now.as('now')), {
      repeat: 'reads',
      isPointRead: true,
    }),
    setExpiry: compileStatement(
      'journal_set_expiry',
      (at: StreamColumns & Pick<StreamRow, 'expires_at'>) =>
        db
          .updateTable('journal_streams')
          .set({ expires_at: at.expires_at })
          .where((where) => where.and(streamOf(at))),
      { repeat: 'never' },
    ),
    renew: compileStatement(
      'journal_renew',
      (at: RenewedHead & StreamColumns) =>
        db
          .updateTable('journal_streams')
          .set({
            generation: at.generation,
            first: at.first,
            length: sql.lit(0),
            expires_at: sql.lit(NEVER),
          })
          .where((where) => where.and(streamOf(at))),
      { repeat: 'never' },
    ),
    moveRows: compileStatement(
      'journal_move_rows',
      (at: MovedRows) =>
        db
          .updateTable('journal_entries')
          .set({ generation: at.to_generation })
          .where((where) => where.and({ tenant_id: at.tenant_id, generation: at.generation })),
      { repeat: 'never' },
    ),
  }
}

/** Returns whether a stream has expired. Asks nothing for one that does not expire. */
export function* hasExpired(
  { now }: Pick<ExpiryStatements, 'now'>,
  { expires_at }: Pick<HeadColumns, 'expires_at'>,
): SqlWork<boolean> {
  if (expires_at === NEVER) return false
  const [row] = yield* selectRows(now, {})
  return row !== undefined && expires_at <= row.now
}
