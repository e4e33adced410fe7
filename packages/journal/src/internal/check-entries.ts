import { HarborageError, type EventId } from '@harborage/core'
import {
  captureBytes,
  checkDateOrNow,
  checkEventId,
  checkName,
  describeType,
  KnownNames,
} from '@harborage/core/kit'
import type { CheckedEntry } from '../journal-driver.ts'
import { MAX_APPEND_BYTES, MAX_APPEND_ENTRIES, type NewEntry } from '../journal-record.ts'

/** An entry before it is checked: its fields may be anything. */
type Unchecked = { readonly [Field in keyof NewEntry]?: unknown }

/**
 * The names of `NewEntry`, and of an entry that was read or followed, which a caller may append.
 */
const entryNames = new KnownNames('the entry', [
  'entryId',
  'bytes',
  'type',
  'createdAt',
  'position',
  'generation',
])

/**
 * Checks the entries of an append or a replacement, and copies their bytes.
 *
 * @param least The least number of entries.
 * @throws `invalid_record` if one is malformed, an id occurs twice, there are too many, or they
 * hold more than 16 MiB in all.
 */
export function checkEntries(entries: unknown, least: 0 | 1): readonly CheckedEntry[] {
  if (!Array.isArray(entries)) {
    throw new HarborageError(
      'invalid_record',
      `entries is ${describeType(entries)}: pass an array of entries`,
    )
  }
  if (entries.length < least || entries.length > MAX_APPEND_ENTRIES) {
    throw new HarborageError(
      'invalid_record',
      `entries has ${entries.length} entries: pass ${least} to ${MAX_APPEND_ENTRIES}`,
    )
  }
  const ids = new Set<EventId>()
  let left = MAX_APPEND_BYTES
  // Not `map`, which skips the holes of an array.
  return Array.from<unknown, CheckedEntry>(entries, (given, index) => {
    const entry = checkEntry(given, index, left)
    left -= entry.bytes.byteLength
    if (ids.has(entry.entryId)) {
      throw new HarborageError(
        'invalid_record',
        'entries has an entryId twice: make one for each with newEventId()',
        { entry: { list: 'entries', index } },
      )
    }
    ids.add(entry.entryId)
    return entry
  })
}

function checkEntry(given: unknown, index: number, maxBytes: number): CheckedEntry {
  const field = `entries[${index}]`
  if (typeof given !== 'object' || given === null) {
    throw new HarborageError(
      'invalid_record',
      `${field} is ${describeType(given)}: pass an object { entryId, bytes }`,
    )
  }
  entryNames.check(given)
  const { entryId, type, bytes, createdAt }: Unchecked = given
  return {
    entryId: checkEventId(`${field}.entryId`, entryId),
    type: type === undefined ? '' : checkName(`${field}.type`, type, 'invalid_record'),
    bytes: captureBytes(`${field}.bytes`, bytes, maxBytes, tooLarge),
    createdAt: checkDateOrNow(`${field}.createdAt`, createdAt),
  }
}

function tooLarge(): HarborageError {
  return new HarborageError(
    'invalid_record',
    `the entries hold more than ${MAX_APPEND_BYTES} bytes in all: append them in parts, or keep heavy content as an artifact and its reference here`,
  )
}
