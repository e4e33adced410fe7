import type { EventId } from '@harborage/core'
import type { WriteClaim } from '@harborage/core/sql'
import { slotId } from '../decide.ts'
import type { CheckedRecord, CheckedTransaction, Condition, SlotKey } from '../state-driver.ts'

/** A slot of a commit, with everything that the commit does with it. */
export interface TouchedSlot {
  readonly slot: SlotKey
  /** The precondition on the slot. */
  readonly expected: Condition
  /** The record to save, if there is one. */
  readonly record: CheckedRecord | undefined
  /** Whether to save the record only if the slot is empty. */
  readonly isFilled: boolean
  readonly isDeleted: boolean
  /**
   * Whether the record that is expected may have expired: it had when it was read, or that does not
   * matter.
   */
  readonly mayBeExpired: boolean
}

/** A touched slot that is written, or has a known precondition. */
export type SlotChange =
  | (TouchedSlot & { readonly record: CheckedRecord })
  | (TouchedSlot & { readonly record: undefined; readonly expected: EventId | null })

/** Returns what a commit writes: its slots, the event ids that it saves, and their size. */
export function claimOf(touched: readonly TouchedSlot[]): WriteClaim {
  const keys: string[] = []
  const sharedKeys: string[] = []
  let bytes = 0
  for (const each of touched) {
    const { slot, record } = each
    if (isGuard(each)) sharedKeys.push(slotId(slot))
    else keys.push(slotId(slot))
    if (record === undefined) continue
    keys.push(record.eventId)
    bytes += record.bytes.length
  }
  return { keys, sharedKeys, bytes }
}

/** A slot that a commit only locks: it has to hold an event id. */
export type Guard = TouchedSlot & { readonly expected: EventId }

/** Returns whether a commit only locks a slot, as others may at the same time. */
export function isGuard(touched: TouchedSlot): touched is Guard {
  const { record, isDeleted, expected } = touched
  return record === undefined && !isDeleted && typeof expected === 'string'
}

/**
 * Returns every slot that a commit names once, sorted. All calls that write several slots lock them
 * in this order, so that they cannot deadlock.
 */
export function touchedSlots({
  expect,
  save,
  saveIfEmpty,
  delete: deletions,
}: CheckedTransaction): TouchedSlot[] {
  const bySlot = new Map<string, TouchedSlot>()
  const touch = (slot: SlotKey, what: Partial<TouchedSlot>): void => {
    const id = slotId(slot)
    const known = bySlot.get(id) ?? {
      slot,
      expected: undefined,
      record: undefined,
      isFilled: false,
      isDeleted: false,
      mayBeExpired: false,
    }
    bySlot.set(id, { ...known, ...what })
  }
  for (const expectation of expect) touch(expectation, { expected: expectation.eventId })
  for (const record of save) touch(record, { record })
  for (const record of saveIfEmpty) touch(record, { record, isFilled: true })
  for (const slot of deletions) touch(slot, { isDeleted: true })
  return inLockOrder([...bySlot])
}

/** Sorts slots by their ids. */
export function inLockOrder<Slot>(byId: (readonly [id: string, slot: Slot])[]): Slot[] {
  return byId
    .toSorted(([left], [right]) => {
      if (left === right) return 0
      return left < right ? -1 : 1
    })
    .map(([, slot]) => slot)
}
