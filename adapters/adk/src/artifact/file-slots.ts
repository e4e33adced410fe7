import { newEventId, type EventId, type Owner } from '@harborage/core'
import type { NewStateRecord, StateRecord } from '@harborage/state'
import { decodePayload, encodePayload, isObject, type Payload } from '../payload.ts'

/** What the kinds of files begin with. The application and the name of the file follow. */
export const FILE = 'adk.file/'
/** What the kinds of versions begin with. The generation of the file and the version follow. */
export const VERSION = 'adk.version/'

/** The digits of a version in its kind, so that versions are in order. */
const VERSION_DIGITS = 10
/** The digits at the end of a version that a batch of a deletion has in common. */
const BATCH_DIGITS = 3

/** The name of a file, and which version is its newest one. */
export interface FileHead {
  readonly filename: string
  /** Names what is of this file. A file that is made again has another one. */
  readonly generation: EventId
  /** The newest version; the first one is 0. */
  readonly version: number
  /** Whether it is being deleted, so that it counts as deleted. */
  readonly isDeleted: boolean
}

/** A file as it was loaded. */
export interface LoadedFile extends FileHead {
  /** The event id of the slot. */
  readonly eventId: EventId
}

/** A version of a file. */
export interface FileVersion {
  readonly version: number
  /** The part of ADK without its content, such as `{ inlineData: { mimeType } }`. */
  readonly part: object
  /** Where the content is in the artifact store; missing if the part has none. */
  readonly artifactId?: string
  readonly customMetadata?: object
}

/** Returns the record of a file. */
export function fileRecord(identity: Owner, kind: string, file: FileHead): NewStateRecord {
  const { filename, generation, version, isDeleted } = file
  const bytes = encodePayload({ filename, generation, version, isDeleted })
  return { identity, kind, eventId: newEventId(), bytes }
}

/**
 * Returns a file.
 *
 * @throws `schema_too_new` if a newer release wrote it; `invalid_record` if it is damaged.
 */
export function readFile(record: StateRecord): LoadedFile {
  return { ...decodePayload(record, isFile), eventId: record.eventId }
}

/** Returns the record of a version. */
export function versionRecord(
  identity: Owner,
  { generation }: Pick<FileHead, 'generation'>,
  { version, part, artifactId, customMetadata }: FileVersion,
): NewStateRecord {
  const bytes = encodePayload({ version, part, artifactId, customMetadata })
  return { identity, kind: versionKind(generation, version), eventId: newEventId(), bytes }
}

/**
 * Returns a version.
 *
 * @throws `schema_too_new` if a newer release wrote it; `invalid_record` if it is damaged.
 */
export function readVersion(record: Pick<StateRecord, 'bytes'>): FileVersion {
  return decodePayload(record, isVersion)
}

/** Returns the kind of a version. */
export function versionKind(generation: EventId, version: number): string {
  return `${versionPrefix(generation)}${`${version}`.padStart(VERSION_DIGITS, '0')}`
}

/** Returns what the kinds of all versions of a file begin with. */
export function versionPrefix(generation: EventId): string {
  return `${VERSION}${generation}/`
}

/** Returns prefixes of kinds, each of at most 1,000 versions, of all versions up to one. */
export function versionBatches({ generation, version }: FileHead): readonly string[] {
  const batches = Math.floor(version / 10 ** BATCH_DIGITS) + 1
  return Array.from({ length: batches }, (_, batch) =>
    versionKind(generation, batch * 10 ** BATCH_DIGITS).slice(0, -BATCH_DIGITS),
  )
}

function isFile(content: Payload): content is Payload & FileHead {
  const { filename, generation, version, isDeleted } = content
  return (
    typeof filename === 'string' &&
    typeof generation === 'string' &&
    typeof version === 'number' &&
    typeof isDeleted === 'boolean'
  )
}

function isVersion(content: Payload): content is Payload & FileVersion {
  const { version, part, artifactId, customMetadata } = content
  return (
    typeof version === 'number' &&
    isObject(part) &&
    (artifactId === undefined || typeof artifactId === 'string') &&
    (customMetadata === undefined || isObject(customMetadata))
  )
}
