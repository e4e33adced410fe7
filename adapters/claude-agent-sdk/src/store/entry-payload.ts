import type { SessionStoreEntry } from '@anthropic-ai/claude-agent-sdk'
import { HarborageError } from '@harborage/core'
import { isJsonRecord, parseJsonRecord } from './json-object.ts'

/** The format of the entries that this release writes. */
export const ENTRY_FORMAT = 1

/** What ends the header of a part. JSON without spaces has none. */
const END_OF_HEADER = 0x0a

/** Parts of a key of the SDK that the names of the session and the stream have a digest of. */
export interface HiddenNames {
  readonly projectKey?: string
  readonly sessionId?: string
  readonly subpath?: string
}

/** An entry of a transcript. */
export interface EntryPayload {
  readonly entry: SessionStoreEntry
  readonly names: HiddenNames
}

/** A part of the payload of an entry that is too large for one append. */
export interface PartPayload {
  /** What all parts of a payload have in common: a digest. */
  readonly of: string
  /** The place of the part among all, from 0. */
  readonly index: number
  /** The number of parts. The last one completes the entry. */
  readonly count: number
  readonly bytes: Uint8Array
  readonly names: HiddenNames
}

/**
 * Returns the payload of an entry.
 *
 * @param json The entry as JSON without spaces.
 */
export function encodeEntry(json: string, names: HiddenNames): Uint8Array {
  const header = JSON.stringify({ format: ENTRY_FORMAT, ...namesIn(names) })
  return new TextEncoder().encode(`${header.slice(0, -1)},"entry":${json}}`)
}

/** Returns a part of a payload as bytes: a header of JSON, a line feed, and its content. */
export function encodePart({ bytes, names, ...part }: PartPayload): Uint8Array {
  const header = JSON.stringify({ format: ENTRY_FORMAT, ...namesIn(names), part })
  return Buffer.concat([Buffer.from(`${header}\n`), bytes])
}

/**
 * Returns what {@link encodeEntry} or {@link encodePart} wrote.
 *
 * @throws `schema_too_new` if a newer release wrote it; `invalid_record` if it is damaged.
 */
export function decodePayload(bytes: Uint8Array): EntryPayload | PartPayload {
  const end = bytes.indexOf(END_OF_HEADER)
  const payload = parseJsonRecord(end === -1 ? bytes : bytes.subarray(0, end))
  const format: unknown = payload?.['format']
  if (typeof format === 'number' && format > ENTRY_FORMAT) {
    throw new HarborageError(
      'schema_too_new',
      `the entry has format ${format}, and this release reads up to ${ENTRY_FORMAT}: update @harborage/claude-agent-sdk`,
    )
  }
  const names = readNames(payload?.['names'])
  const entry = payload?.['entry']
  if (format === ENTRY_FORMAT && isEntry(entry) && end === -1) return { entry, names }
  const part = readPart(payload?.['part'])
  if (format !== ENTRY_FORMAT || part === undefined || end === -1) throw damaged()
  return { ...part, names, bytes: bytes.subarray(end + 1) }
}

/** Takes every object for an entry: which ones there are is the matter of the SDK. */
export function isEntry(value: unknown): value is SessionStoreEntry {
  return isJsonRecord(value)
}

/** Returns the error about what is stored and cannot be read. */
export function damaged(): HarborageError {
  return new HarborageError(
    'invalid_record',
    'a stored entry is not as this package writes it: restore it from a backup, or delete the session',
  )
}

function namesIn(names: HiddenNames): { readonly names?: HiddenNames } {
  return Object.keys(names).length === 0 ? {} : { names }
}

function readNames(value: unknown): HiddenNames {
  if (!isJsonRecord(value)) return {}
  const names: { projectKey?: string; sessionId?: string; subpath?: string } = {}
  for (const name of ['projectKey', 'sessionId', 'subpath'] as const) {
    const text = value[name]
    if (typeof text === 'string') names[name] = text
  }
  return names
}

function readPart(value: unknown): Pick<PartPayload, 'of' | 'index' | 'count'> | undefined {
  if (!isJsonRecord(value)) return undefined
  const { of, index, count } = value
  if (typeof of !== 'string' || typeof index !== 'number' || typeof count !== 'number') {
    return undefined
  }
  return { of, index, count }
}
