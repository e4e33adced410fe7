import type { LoadedDump } from '../dump.ts'
import { type ErrorEntry, HarborageError } from '../harborage-error.ts'
import { withEntry } from './error-entry.ts'

/**
 * What a driver did with a record of a dump.
 *
 * - `'loaded'`: its place was empty, and holds it now.
 * - `'unchanged'`: its place held it already, with the same content.
 * - `'conflict'`: its place, or a name that it has to have, is in use for something else. Nothing
 *   was changed.
 */
export type LoadOutcome = 'loaded' | 'unchanged' | 'conflict'

/** The largest number of records of a dump that one call loads. */
export const MAX_LOADED_RECORDS = 1_000

/**
 * Checks the list of records of a call that loads them, and returns what `check` returns of each.
 *
 * @throws `invalid_record` if it is no array or has more than 1,000 records. The errors of `check`,
 * which name the record as their `entry`.
 */
export function checkDumped<Dumped>(
  records: readonly unknown[],
  check: (record: unknown) => Dumped,
): readonly Dumped[] {
  const given: unknown = records
  if (!Array.isArray(given) || given.length > MAX_LOADED_RECORDS) {
    throw new HarborageError(
      'invalid_record',
      `records must be an array of at most ${MAX_LOADED_RECORDS} records: load a dump in batches`,
    )
  }
  return Array.from(given, (record: unknown, index) => {
    try {
      return check(record)
    } catch (error) {
      throw withEntry(error, entryAt(index))
    }
  })
}

/**
 * Returns the answer of a call that loaded records.
 *
 * @throws `dump_conflict` if the place of a record was in use. The error names the record.
 */
export function loadedDump(outcomes: readonly LoadOutcome[]): LoadedDump {
  const index = outcomes.indexOf('conflict')
  if (index !== -1) {
    throw new HarborageError(
      'dump_conflict',
      'the place of a record holds something else: load a dump into an empty place, or into the one where this dump was loaded before',
      { entry: entryAt(index) },
    )
  }
  const loaded = outcomes.filter((outcome) => outcome === 'loaded').length
  return { loaded, unchanged: outcomes.length - loaded }
}

/**
 * Returns the entry of a record in the list of a call that loads a dump.
 *
 * @param index The index of the record.
 */
export function entryAt(index: number): ErrorEntry {
  return { list: 'records', index }
}
