import { types } from 'node:util'
import { isHarborageError } from '../harborage-error.ts'
import type { InspectedContent, StoredDescription } from '../inspected-content.ts'

/** What an inspector reads of an entry of a stream. */
export interface InspectedEntry {
  /** The content. */
  readonly bytes: Uint8Array
}

/** What an inspector reads of a record of a slot. */
export interface InspectedRecord extends InspectedEntry {
  /** The kind of the slot. */
  readonly kind: string
}

/** A type of what an adapter writes: of slots, by their kinds, or of entries, by their streams. */
export interface StoredType<Item> {
  /** What is stored, in a few words. */
  readonly label: string
  /** Returns what a kind or stream names, or `undefined` if this type cannot be there. */
  readonly names: (name: string) => StoredDescription['names'] | undefined
  /**
   * Resolves to what is stored, as plain data.
   *
   * @throws `schema_too_new` if a newer release wrote it; any other error if it is damaged.
   */
  readonly decode: (item: Item) => Promise<unknown>
}

/** Tells what the slots hold that an adapter wrote, as `SlotInspector` of `@harborage/state`. */
export interface InspectedSlots<Item> {
  /** Returns what a slot of a kind holds, or `undefined` if the adapter has no such kind. */
  describe(kind: string): StoredDescription | undefined
  /** Resolves to what a slot says, or to `undefined` if the adapter has no such kind. */
  decode(record: Item): Promise<InspectedContent | undefined>
}

/**
 * Tells what the streams hold that an adapter wrote, as `StreamInspector` of `@harborage/journal`.
 */
export interface InspectedStreams<Item> {
  /** Returns what the entries of a stream are, or `undefined` if the adapter has no such stream. */
  describe(stream: string): StoredDescription | undefined
  /** Resolves to what an entry says, or to `undefined` if the adapter has no such stream. */
  decode(stream: string, entry: Item): Promise<InspectedContent | undefined>
}

/**
 * Returns the inspector of the slots that an adapter writes. It never throws or rejects.
 *
 * @param packageName The name of the adapter's package, for messages.
 * @param slotTypes The types of its slots. A slot is of the first that names its kind.
 */
export function inspectSlots<Item extends InspectedRecord>(
  packageName: string,
  slotTypes: readonly StoredType<Item>[],
): InspectedSlots<Item> {
  return {
    describe: (kind) => find(slotTypes, kind)?.description,
    async decode(record) {
      const found = find(slotTypes, kindOf(record))
      return found && contentOf(packageName, found.type, record)
    },
  }
}

/**
 * Returns the inspector of the streams that an adapter writes. It never throws or rejects.
 *
 * @param packageName The name of the adapter's package, for messages.
 * @param streamTypes The types of its streams. A stream is of the first that names it.
 */
export function inspectStreams<Item extends InspectedEntry>(
  packageName: string,
  streamTypes: readonly StoredType<Item>[],
): InspectedStreams<Item> {
  return {
    describe: (stream) => find(streamTypes, stream)?.description,
    async decode(stream, entry) {
      const found = find(streamTypes, stream)
      return found && contentOf(packageName, found.type, entry)
    },
  }
}

/** Returns the kind of a record, or `undefined` for what is no record. */
function kindOf(record: unknown): unknown {
  try {
    return typeof record === 'object' && record !== null ? Reflect.get(record, 'kind') : undefined
  } catch {
    return undefined
  }
}

function find<Item>(
  storedTypes: readonly StoredType<Item>[],
  name: unknown,
): { readonly type: StoredType<Item>; readonly description: StoredDescription } | undefined {
  if (typeof name !== 'string') return undefined
  for (const type of storedTypes) {
    const names = type.names(name)
    if (names !== undefined) return { type, description: { label: type.label, names } }
  }
  return undefined
}

async function contentOf<Item extends InspectedEntry>(
  packageName: string,
  type: StoredType<Item>,
  item: Item,
): Promise<InspectedContent> {
  try {
    if (!types.isUint8Array(item.bytes)) return damaged(packageName)
    return { isReadable: true, value: await type.decode(item) }
  } catch (error) {
    if (!isHarborageError(error, 'schema_too_new')) return damaged(packageName)
    return {
      isReadable: false,
      reason: 'newer_format',
      message: `a newer release of ${packageName} wrote it: update this one`,
    }
  }
}

function damaged(packageName: string): InspectedContent {
  return {
    isReadable: false,
    reason: 'damaged',
    message: `it is not as ${packageName} writes it: restore it from a backup, or delete it`,
  }
}
