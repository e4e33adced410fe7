import { compareNames, type RunIdentity } from '@harborage/core'
import { slotId } from '../decide.ts'
import type { SlotKey } from '../state-driver.ts'

/**
 * The slots that hold something, ordered by kind, tenant, user, session and run, by bytes. They are put in order when
 * somebody walks over them and not when they come and go; what was in order before is not sorted again.
 */
export class SlotOrder {
  /** In order, but for those that came since. */
  #slots: SlotKey[] = []
  #isInOrder = true
  /** Those among the slots that went since, by their ids. */
  readonly #gone = new Set<string>()

  add(slot: SlotKey): void {
    if (this.#gone.delete(slotId(slot))) return
    this.#slots.push(slot)
    this.#isInOrder = false
  }

  remove(slot: SlotKey): void {
    this.#gone.add(slotId(slot))
  }

  clear(): void {
    this.#slots = []
    this.#gone.clear()
  }

  /** The slots whose kind begins with the prefix, without those that come before. */
  *from(kindPrefix: string, isBefore: (slot: SlotKey) => boolean): Iterable<SlotKey> {
    const slots = this.#inOrder()
    const start = firstOf(
      slots,
      (slot) => compareNames(slot.kind, kindPrefix) >= 0 && !isBefore(slot),
    )
    for (let place = start; place < slots.length; place += 1) {
      const slot = slots[place]
      if (slot?.kind.startsWith(kindPrefix) !== true) return
      yield slot
    }
  }

  #inOrder(): readonly SlotKey[] {
    if (this.#gone.size > 0) {
      this.#slots = this.#slots.filter((slot) => !this.#gone.has(slotId(slot)))
      this.#gone.clear()
    }
    if (!this.#isInOrder) this.#slots.sort(compareSlots)
    this.#isInOrder = true
    return this.#slots
  }
}

/** Orders slots as a walk over all of them does. */
export function compareSlots(left: SlotKey, right: SlotKey): number {
  return compareNames(left.kind, right.kind) || compareIdentities(left.identity, right.identity)
}

function compareIdentities(left: Required<RunIdentity>, right: Required<RunIdentity>): number {
  return (
    compareNames(left.tenantId, right.tenantId) ||
    compareNames(left.userId, right.userId) ||
    compareNames(left.sessionId, right.sessionId) ||
    compareNames(left.runId, right.runId)
  )
}

/** The place of the first slot that is far enough, where all behind it are. */
function firstOf(slots: readonly SlotKey[], isFarEnough: (slot: SlotKey) => boolean): number {
  let low = 0
  let high = slots.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const slot = slots[middle]
    if (slot === undefined || isFarEnough(slot)) high = middle
    else low = middle + 1
  }
  return low
}
