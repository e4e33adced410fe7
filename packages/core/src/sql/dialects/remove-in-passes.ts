import { HarborageError } from '../../harborage-error.ts'
import { changeRows, selectRows, pipeline, type SqlWork } from '../sql-work.ts'
import type { Removal } from './sql-dialect.ts'

/** The largest number of passes while others keep inserting rows. */
const MAX_PASSES = 100

/**
 * Removes rows where transactions run concurrently, and returns their number. One statement is not
 * enough: it waits for rows that another transaction has locked, and then misses rows that this
 * transaction inserted. So it makes passes until no row is left. Removed rows stay locked until the
 * commit.
 *
 * @throws `store_unavailable` after 100 passes.
 */
export function* removeInPasses<Parameters>(
  { lock, remove, findLeft }: Removal<Parameters>,
  parameters: Parameters,
): SqlWork<number> {
  let removed = 0
  for (let pass = 0; pass < MAX_PASSES; pass += 1) {
    const [, count = 0, left] = yield* pipeline<number>([
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
