import { pipeline, selectRows, type SqlWork } from '@harborage/core/sql'
import type { CheckedPrefix, CheckedTransaction } from '../state-driver.ts'
import { MAX_PREFIX_SLOTS } from '../state-record.ts'
import type { InspectedSlots } from './inspected-slots.ts'
import { prefixColumns } from './prefix-statement.ts'
import type { StateStatements } from './statements.ts'

/**
 * Adds the slots under the prefixes of a commit, or enough of them to show that there are too many.
 * Reads little more than a commit may empty, however many prefixes there are: they share what may
 * still be read, and those that have more go on.
 */
export function* findUnderPrefixes(
  { findUnder }: StateStatements,
  { save, saveIfEmpty, delete: deletions, deletePrefix }: CheckedTransaction,
  slots: InspectedSlots,
): SqlWork<void> {
  const named = save.length + saveIfEmpty.length + deletions.length
  let left = MAX_PREFIX_SLOTS + 1 + named
  let unfinished: readonly Search[] = deletePrefix.map((prefix) => ({ prefix, after: undefined }))
  while (unfinished.length > 0 && left > 0) {
    const limit = Math.ceil(left / unfinished.length)
    const find = function* ({ prefix, after }: Search): SqlWork<readonly Search[]> {
      const rows = yield* selectRows(findUnder, prefixColumns(prefix, limit, after))
      slots.addUnder(prefix, rows)
      left -= rows.length
      return rows.length < limit ? [] : [{ prefix, after: rows.at(-1)?.kind }]
    }
    unfinished = (yield* pipeline(unfinished.map(find))).flat()
  }
}

/** A prefix with the last kind that was found under it. */
interface Search {
  readonly prefix: CheckedPrefix
  readonly after: string | undefined
}
