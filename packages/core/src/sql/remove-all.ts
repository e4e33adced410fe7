import { HarborageError } from '../harborage-error.ts'
import type { SqlDatabase } from './sql-database.ts'
import type { SqlStatement } from './sql-statement.ts'
import { changeRows, selectRows, together, type SqlWork } from './sql-work.ts'

/** The statements that remove many rows in one step. */
export interface Removal<Parameters> {
  /** Names the transaction. */
  readonly name: string
  /** Locks the rows that are there, in the order in which all others lock them. */
  readonly lock: SqlStatement<Parameters, unknown>
  readonly remove: SqlStatement<Parameters, unknown>
  /** Returns a row if any is left. */
  readonly findLeft: SqlStatement<Parameters, unknown>
}

/** How many passes a removal makes while others go on inserting rows. */
const MAX_PASSES = 100

/**
 * Removes rows as if nothing else happened at that moment, and returns their number.
 *
 * Where transactions run beside each other, one statement is not enough: it waits for a row that
 * another transaction has locked, and misses a new one that this transaction inserted. So passes
 * are made until one finds nothing left. Nobody can change what is removed until the commit.
 */
export function removeAll<Parameters>(
  database: SqlDatabase,
  removal: Removal<Parameters>,
  parameters: Parameters,
): Promise<number> {
  const { name, remove } = removal
  if (!database.traits.rowLocks) return database.changes(remove, parameters)
  return database.transaction({ name, repeat: 'never' }, () => passes(removal, parameters))
}

function* passes<Parameters>(
  { lock, remove, findLeft }: Removal<Parameters>,
  parameters: Parameters,
): SqlWork<number> {
  let removed = 0
  for (let pass = 0; pass < MAX_PASSES; pass += 1) {
    const [, count = 0, left] = yield* together<number>([
      rowsOf(selectRows(lock, parameters)),
      changeRows(remove, parameters),
      rowsOf(selectRows(findLeft, parameters)),
    ])
    removed += count
    if (left === 0) return removed
  }
  throw new HarborageError(
    'store_unavailable',
    `others wrote new entries during each of ${MAX_PASSES} passes of a deletion: nothing was removed, call again`,
  )
}

function* rowsOf(select: SqlWork<readonly unknown[]>): SqlWork<number> {
  return (yield* select).length
}
