import type { EventId } from '@harborage/core'
import type { WriteClaim } from '@harborage/core/sql'
import { slotId } from '../decide.ts'
import type { CheckedTransaction, Condition, SlotKey } from '../state-driver.ts'
import type { StateRecord } from '../state-record.ts'

/** A slot that a commit touches, and all that the commit says of it. */
export interface TouchedSlot {
  readonly slot: SlotKey
  readonly expected: Condition
  /** What is saved there, if anything. */
  readonly record: StateRecord | undefined
  readonly isDeleted: boolean
}

/** A touched slot, where it is known what a slot that is not written has to hold. */
export type SlotChange =
  | (TouchedSlot & { readonly record: StateRecord })
  | (TouchedSlot & { readonly record: undefined; readonly expected: EventId | null })

/** What a commit takes up: its slots and the event ids that it saves. */
export function claimOf(touched: readonly TouchedSlot[]): WriteClaim {
  const keys: string[] = []
  let bytes = 0
  for (const { slot, record } of touched) {
    keys.push(slotId(slot))
    if (record === undefined) continue
    keys.push(record.eventId)
    bytes += record.bytes.length
  }
  return { keys, bytes }
}

/**
 * Every slot that the commit touches, once, in an order that is the same for all who write several slots at a time:
 * they lock one after the other in this order and in no other, so that they cannot deadlock.
 */
export function touchedSlots({
  expect,
  save,
  delete: deletions,
}: CheckedTransaction): TouchedSlot[] {
  const bySlot = new Map<string, TouchedSlot>()
  const touch = (slot: SlotKey, what: Partial<TouchedSlot>): void => {
    const id = slotId(slot)
    const known = bySlot.get(id) ?? {
      slot,
      expected: undefined,
      record: undefined,
      isDeleted: false,
    }
    bySlot.set(id, { ...known, ...what })
  }
  for (const expectation of expect) touch(expectation, { expected: expectation.eventId })
  for (const record of save) touch(record, { record })
  for (const slot of deletions) touch(slot, { isDeleted: true })
  return [...bySlot]
    .sort(([left], [right]) => {
      if (left === right) return 0
      return left < right ? -1 : 1
    })
    .map(([, touched]) => touched)
}
