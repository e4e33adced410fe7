import { HarborageError, type Owner } from '@harborage/core'
import { defineSlot, type NewStateRecord, type StateRecord, type TypedSlot } from '@harborage/state'
import type { Item } from '@langchain/langgraph-checkpoint'

import { kindOf, spelledName, type ItemName } from './item-kind.ts'

/** The format of a payload, which is the version of its record. */
export const ITEM_FORMAT = 1

/** What a slot keeps of an item, as JSON. The slot itself keeps the dates. */
interface ItemPayload {
  readonly value: Item['value']
  /** The namespace, if the kind does not spell it out. */
  readonly namespace?: readonly string[]
  /** The key, if the kind does not spell it out. */
  readonly key?: string
}

/** A Standard Schema of {@link ItemPayload}. */
interface PayloadSchema {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly types?: { readonly input: ItemPayload; readonly output: ItemPayload }
    readonly validate: (
      value: unknown,
    ) => { readonly value: ItemPayload } | { readonly issues: readonly { message: string }[] }
  }
}

const schema: PayloadSchema = {
  '~standard': {
    version: 1,
    vendor: 'harborage',
    validate: (value) =>
      isPayload(value) ? { value } : { issues: [{ message: 'the value is no object or array' }] },
  },
}

/**
 * Resolves to the record of an item. The value is captured when this is called.
 *
 * @throws `invalid_record` if the value is no object or array, or holds something that JSON cannot
 * represent.
 */
export async function recordOf(
  owner: Owner,
  name: ItemName,
  value: Item['value'],
  updatedAt: Date,
): Promise<NewStateRecord> {
  const kind = kindOf(name)
  const spelled = spelledName(kind)
  const record = await slotOf(kind).record(owner, {
    value,
    ...(spelled.namespace === undefined ? { namespace: name.namespace } : {}),
    ...(spelled.key === undefined ? { key: name.key } : {}),
  })
  return { ...record, updatedAt }
}

/**
 * Resolves to the item that a record holds.
 *
 * @throws `invalid_record` if the record is of a newer format, or is no item.
 */
export async function itemOf(record: StateRecord): Promise<Item> {
  const { createdAt, updatedAt } = record
  const { namespace, key, value } = await decodeItem(record)
  return { namespace: [...namespace], key, value, createdAt, updatedAt }
}

/** Resolves to the item that a record holds, without its dates. Throws as {@link itemOf} does. */
export async function decodeItem(record: StateRecord): Promise<ItemName & Pick<Item, 'value'>> {
  const { kind } = record
  const payload = await slotOf(kind).decode(record)
  const spelled = spelledName(kind)
  const namespace = spelled.namespace ?? payload.namespace
  const key = spelled.key ?? payload.key
  if (namespace === undefined || key === undefined) {
    throw new HarborageError('invalid_record', `the stored item of ${kind} lacks its name`)
  }
  return { namespace, key, value: payload.value }
}

function slotOf(kind: string): TypedSlot<ItemPayload, ItemPayload> {
  return defineSlot({ kind, schema, version: ITEM_FORMAT })
}

function isPayload(value: unknown): value is ItemPayload {
  return (
    typeof value === 'object' &&
    value !== null &&
    'value' in value &&
    typeof value.value === 'object' &&
    value.value !== null &&
    (!('namespace' in value) || isListOfTexts(value.namespace)) &&
    (!('key' in value) || typeof value.key === 'string')
  )
}

function isListOfTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((text: unknown) => typeof text === 'string')
}
