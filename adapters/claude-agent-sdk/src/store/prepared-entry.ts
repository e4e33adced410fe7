import type { SessionStoreEntry } from '@anthropic-ai/claude-agent-sdk'
import { HarborageError, parseEventId, type EventId } from '@harborage/core'
import { describeArgument, digestOf, readArguments } from '@harborage/core/adapter'
import type { NewEntry } from '@harborage/journal'
import { splitPayload } from './entry-parts.ts'
import type { AppendIds } from './failed-entries.ts'
import { encodeEntry, isEntry, type HiddenNames } from './entry-payload.ts'

/** The largest size of the type of an entry in the journal. */
const MAX_TYPE_BYTES = 256

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** An entry of a transcript that was checked and captured. */
export interface PreparedEntry {
  /** Its idempotency key in the stream. */
  readonly entryId: EventId
  /** Whether the stream may hold it already: it has a uuid, or an append of it failed. */
  readonly mayBeHeld: boolean
  /** The entry as JSON. */
  readonly json: string
  /** The parts that have to be in the stream before it, each to be appended by itself. */
  readonly parts: readonly NewEntry[]
  /** What completes the entry in the stream. */
  readonly last: NewEntry
}

/**
 * Captures the entries of an append. Of several with one uuid only the first one counts.
 *
 * @param idOf Returns the id of an entry without a uuid.
 * @throws `invalid_record` if one is no object, or JSON cannot represent it.
 */
export function prepareEntries(
  entries: readonly SessionStoreEntry[],
  hidden: HiddenNames,
  idOf: AppendIds['idOf'],
): readonly PreparedEntry[] {
  return readArguments(() => {
    const isList: boolean = Array.isArray(entries)
    if (!isList) {
      throw new HarborageError(
        'invalid_record',
        `entries is ${describeArgument(entries)}: pass an array of entries`,
      )
    }
    const prepared = new Map<EventId, PreparedEntry>()
    for (const entry of entries) {
      const each = prepareEntry(entry, hidden, idOf)
      if (!prepared.has(each.entryId)) prepared.set(each.entryId, each)
    }
    return [...prepared.values()]
  })
}

function prepareEntry(
  entry: SessionStoreEntry,
  hidden: HiddenNames,
  idOf: AppendIds['idOf'],
): PreparedEntry {
  const json = isEntry(entry) ? jsonOf(entry) : undefined
  if (json === undefined) {
    throw new HarborageError('invalid_record', 'an entry is no object: pass entries of the SDK')
  }
  const entryUuid: unknown = entry.uuid
  const { id: entryId, isRepeated: mayBeHeld } =
    typeof entryUuid === 'string' && entryUuid !== ''
      ? { id: idOfUuid(entryUuid), isRepeated: true }
      : idOf(entry)
  const { parts, last: bytes } = splitPayload(entryId, encodeEntry(json, hidden), hidden)
  return { entryId, mayBeHeld, json, parts, last: { entryId, type: typeOf(entry), bytes } }
}

/** Returns the JSON of an entry, or `undefined` if it is none of an object. */
function jsonOf(entry: object): string | undefined {
  try {
    const json: unknown = JSON.stringify(entry)
    return typeof json === 'string' && json.startsWith('{') ? json : undefined
  } catch (cause) {
    throw new HarborageError(
      'invalid_record',
      'an entry cannot be written as JSON: pass entries of the SDK',
      { cause },
    )
  }
}

function idOfUuid(text: string): EventId {
  return parseEventId(uuid.test(text) ? text : `%${digestOf(text)}`)
}

/** Returns the type of an entry for lists of a tool. */
function typeOf({ type }: SessionStoreEntry): string {
  const given: unknown = type
  const isType =
    typeof given === 'string' &&
    given.isWellFormed() &&
    !given.includes('\0') &&
    Buffer.byteLength(given) <= MAX_TYPE_BYTES
  return isType ? given : ''
}
