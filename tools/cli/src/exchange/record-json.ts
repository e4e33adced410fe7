import { types } from 'node:util'
import type { Selection } from '../arguments/identity-options.ts'
import type { DumpName } from '../profile/profile.ts'

/** An object of JSON. */
export type JsonObject = Readonly<Record<string, unknown>>

/** The names that lead to a value. */
type Path = readonly [string, ...string[]]

/** Where a record of a store has what JSON cannot say, and its owner. Bytes are in `bytes`. */
interface RecordLayout {
  readonly owner: Path
  readonly dates: readonly Path[]
  /** The name of a list whose items have bytes and dates as well. Default: none. */
  readonly items?: string
}

const layouts: Readonly<Record<DumpName, RecordLayout>> = {
  state: { owner: ['identity'], dates: [['createdAt'], ['updatedAt'], ['expiresAt']] },
  artifacts: {
    owner: ['ref', 'scope'],
    dates: [
      ['ref', 'createdAt'],
      ['ref', 'expiresAt'],
    ],
  },
  memory: { owner: ['identity'], dates: [] },
  passages: { owner: ['identity'], dates: [['createdAt']], items: 'passages' },
  journal: {
    owner: ['owner'],
    dates: [['createdAt'], ['recentAt'], ['head', 'updatedAt'], ['head', 'expiresAt']],
  },
}

/** Returns a record of a dump as an object of JSON: bytes in base64, dates as texts. */
export function jsonOfRecord(record: object): object {
  if ('passages' in record && Array.isArray(record.passages)) {
    return { ...record, passages: record.passages.map(jsonOfRecord) }
  }
  if (!('bytes' in record) || !types.isUint8Array(record.bytes)) return record
  const { buffer, byteOffset, byteLength } = record.bytes
  return { ...record, bytes: Buffer.from(buffer, byteOffset, byteLength).toString('base64') }
}

/**
 * Returns the record of a dump that an object of JSON says, for another tenant. What is malformed
 * stays as it is, so that the store refuses it.
 */
export function recordOfJson(store: DumpName, json: JsonObject, tenantId: string): JsonObject {
  const { owner, dates, items } = layouts[store]
  const content: Replacements = [
    [['bytes'], bytesOf],
    ...dates.map((path) => [path, dateOf] as const),
  ]
  const itemOf = (item: unknown): unknown => (isObject(item) ? replacedAll(item, content) : item)
  return replacedAll(json, [
    ...content,
    ...(items === undefined
      ? []
      : [[[items], (list: unknown) => (Array.isArray(list) ? list.map(itemOf) : list)] as const]),
    [owner, (value) => (isObject(value) ? { ...value, tenantId } : value)],
  ])
}

/** What is replaced in an object, and by what. */
type Replacements = readonly (readonly [Path, (value: unknown) => unknown])[]

function replacedAll(json: JsonObject, replacements: Replacements): JsonObject {
  return replacements.reduce((record, [path, change]) => replaced(record, path, change), json)
}

/** Returns whether a record is of what an export says to be of. */
export function isOfSelection(store: DumpName, json: JsonObject, of: Selection): boolean {
  const owner = layouts[store].owner.reduce<unknown>(
    (value, name) => (isObject(value) ? value[name] : undefined),
    json,
  )
  if (!isObject(owner)) return false
  const { tenantId, userId, sessionId, runId } = of
  return (
    owner['tenantId'] === tenantId &&
    (userId === '' || owner['userId'] === userId) &&
    (sessionId === '' || owner['sessionId'] === sessionId) &&
    (runId === '' || owner['runId'] === runId)
  )
}

/** Returns an object with the value at the end of a path replaced, if it has one. */
function replaced(
  json: JsonObject,
  [name, ...rest]: Path,
  change: (value: unknown) => unknown,
): JsonObject {
  if (!Object.hasOwn(json, name)) return json
  const value = json[name]
  const [next, ...others] = rest
  if (next === undefined) return { ...json, [name]: change(value) }
  return isObject(value) ? { ...json, [name]: replaced(value, [next, ...others], change) } : json
}

function bytesOf(value: unknown): unknown {
  if (typeof value !== 'string' || value.length % 4 !== 0) return value
  const bytes = Buffer.from(value, 'base64')
  const padding = value.endsWith('==') ? 2 : value.endsWith('=') ? 1 : 0
  // What is no base64 is left out by the decoder.
  return bytes.byteLength === (value.length / 4) * 3 - padding ? new Uint8Array(bytes) : value
}

function dateOf(value: unknown): unknown {
  if (typeof value !== 'string') return value
  const date = new Date(value)
  return Number.isNaN(date.getTime()) || date.toISOString() !== value ? value : date
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
