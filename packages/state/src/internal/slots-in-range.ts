import type { Identity } from '@harborage/core'
import { compareNames, type SortedOrder } from '@harborage/core/kit'
import type { KindRange, ListKeysPage, SlotKey } from '../state-driver.ts'

/** Where a walk over a range begins, and in which order it goes. */
export type RangeWalk = Pick<ListKeysPage, 'order' | 'after'>

/** Yields the slots of one run whose kind is in the range, after a kind. */
export function* slotsInRange(
  slots: SortedOrder<SlotKey>,
  { identity, kindPrefix, from = '', to }: KindRange,
  { order, after }: RangeWalk,
): Iterable<SlotKey> {
  const isBefore = ({ kind }: SlotKey): boolean =>
    compareNames(kind, kindPrefix) < 0 || compareNames(kind, from) < 0
  const isBeyond = ({ kind }: SlotKey): boolean =>
    (to !== undefined && compareNames(kind, to) >= 0) ||
    (compareNames(kind, kindPrefix) > 0 && !kind.startsWith(kindPrefix))
  const isAscending = order === 'ascending'
  const walked = isAscending
    ? slots.from(
        (slot) => !isBefore(slot) && (after === undefined || compareNames(slot.kind, after) > 0),
      )
    : slots.backFrom(
        (slot) => isBeyond(slot) || (after !== undefined && compareNames(slot.kind, after) >= 0),
      )
  for (const slot of walked) {
    if (isAscending ? isBeyond(slot) : isBefore(slot)) return
    if (slot.identity.runId === identity.runId && isInSession(slot, identity)) yield slot
  }
}

/** Returns whether a slot belongs to a session, or to one of its runs. */
export function isInSession(
  { identity }: SlotKey,
  { tenantId, userId, sessionId }: Identity,
): boolean {
  return (
    identity.tenantId === tenantId && identity.userId === userId && identity.sessionId === sessionId
  )
}
