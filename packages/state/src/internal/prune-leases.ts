import { isHarborageError, type EventId } from '@harborage/core'
import { slotId } from '../decide.ts'
import type { PrunableSlot, SlotKey, StateDriver } from '../state-driver.ts'
import type { StateRecord } from '../state-record.ts'
import { findUntil, isUntilKind, untilSlot } from './lease-slots.ts'

/** The largest number of slots that are read at once. */
const PAGE_SIZE = 1_000

/** The largest sum of bytes that is read at once. The time of a lease has far fewer. */
const MAX_BYTES = 1_048_576

/** A slot that a `prune` is to remove. */
export interface DoomedSlot extends PrunableSlot {
  /** The slot with the time of a lease that is over, if the slot names its holder. */
  readonly until?: HeldSlot
}

interface HeldSlot extends SlotKey {
  readonly eventId: EventId
}

/** Returns those slots that are not of a lease whose time is not over. */
export async function withoutLeases(
  driver: StateDriver,
  slots: readonly DoomedSlot[],
): Promise<readonly DoomedSlot[]> {
  const asked = new Map<string, SlotKey>()
  for (const slot of slots) {
    for (const time of timesOf(slot)) asked.set(slotId(time), time)
  }
  const [now, found] = await Promise.all([driver.now(), loadAll(driver, [...asked.values()])])
  const times = new Map(found.map((record) => [slotId(record), record]))
  return slots.flatMap((slot) => {
    const ends = timesOf(slot).map((time) => findUntil(times.get(slotId(time))) ?? 0)
    if (ends.some((end) => end > now.getTime())) return []
    const until = untilSlot(slot)
    const held = until && times.get(slotId(until))
    // No commit can expect a record that has expired.
    if (held === undefined || findUntil(held) === undefined || slot.isExpired) return slot
    return { ...slot, until: held }
  })
}

/** Empties slots that have not changed since, and returns their number. */
export async function removeSlots(
  driver: StateDriver,
  slots: readonly DoomedSlot[],
): Promise<number> {
  const holders = slots.flatMap(({ until, ...holder }) => (until ? { holder, until } : []))
  const others = slots.filter(({ until }) => until === undefined)
  let removed = 0
  // A renewal changes the slot with the time alone, and still has to keep the one of the holder.
  for (const { holder, until } of holders) {
    removed += await removeHolder(driver, holder, until)
  }
  return removed + (others.length === 0 ? 0 : await driver.prune(others))
}

async function removeHolder(
  driver: StateDriver,
  holder: PrunableSlot,
  until: HeldSlot,
): Promise<number> {
  const expect = [holder, until].map(({ identity, kind, eventId }) => ({ identity, kind, eventId }))
  const lists = { save: [], saveIfEmpty: [], delete: [holder], deletePrefix: [] }
  try {
    const outcome = await driver.commit({ expect, ...lists })
    return outcome.repeated ? 0 : outcome.deleted
  } catch (error) {
    if (isHarborageError(error, 'condition_failed')) return 0
    throw error
  }
}

/** Returns the slots that have the time of the lease that a slot may be of. */
function timesOf(slot: SlotKey): readonly SlotKey[] {
  const { identity, kind } = slot
  const until = untilSlot(slot)
  return [...(isUntilKind(slot) ? [{ identity, kind }] : []), ...(until ? [until] : [])]
}

async function loadAll(
  driver: StateDriver,
  slots: readonly SlotKey[],
): Promise<readonly StateRecord[]> {
  const found: StateRecord[] = []
  for (let index = 0; index < slots.length; index += PAGE_SIZE) {
    found.push(...(await loadSmall(driver, slots.slice(index, index + PAGE_SIZE))))
  }
  return found
}

/** Loads what slots hold, except what is larger than any lease. */
async function loadSmall(
  driver: StateDriver,
  slots: readonly SlotKey[],
): Promise<readonly StateRecord[]> {
  const found = await driver.loadMany(slots, MAX_BYTES)
  if (found !== undefined) return found.filter((record) => record !== undefined)
  if (slots.length === 1) return []
  const half = Math.ceil(slots.length / 2)
  const [first, second] = await Promise.all([
    loadSmall(driver, slots.slice(0, half)),
    loadSmall(driver, slots.slice(half)),
  ])
  return [...first, ...second]
}
