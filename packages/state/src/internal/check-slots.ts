import type { SlotKey } from '../state-driver.ts'
import { MAX_LOAD_SLOTS, type Slot } from '../state-record.ts'
import {
  checkEntries,
  readEntries,
  refuseSecondTenant,
  withIdentities,
  type EntryRules,
} from './check-entries.ts'
import { checkSlot, slotNames } from './check-record.ts'

/** The checked slots of `loadMany`. */
export interface AskedSlots {
  /** Each slot once. */
  readonly distinct: readonly SlotKey[]
  /** The index in `distinct` of each slot that was asked for. */
  readonly places: readonly number[]
}

/** The number of slots that one call loads. */
export const slotRules: EntryRules = {
  maxEntries: MAX_LOAD_SLOTS,
  tooMany: 'load them in several calls',
}

/** Checks the identities of all slots first, then each slot, then the slots together. */
export function checkSlots(slots: readonly Slot[]): AskedSlots {
  const identified = withIdentities('slots', readEntries('slots', slots, slotRules))
  refuseSecondTenant(identified, 'loadMany')
  const [first] = identified
  const isOneRun = identified.every(({ identity }) => identity === first?.identity)
  const idOf = isOneRun ? kindOf : textOf
  const distinct: SlotKey[] = []
  const indexes = new Map<string, number>()
  const places = checkEntries(identified, ({ identity, entry }) => {
    slotNames.check(entry)
    const slot = checkSlot(identity, entry.kind)
    const id = idOf(slot)
    const known = indexes.get(id)
    if (known !== undefined) return known
    indexes.set(id, distinct.length)
    return distinct.push(slot) - 1
  })
  return { distinct, places }
}

function kindOf({ kind }: SlotKey): string {
  return kind
}

/** Returns a text that is unique to the slot of a tenant: no name has a NUL. */
function textOf({ identity: { userId, sessionId, runId }, kind }: SlotKey): string {
  return `${userId}\0${sessionId}\0${runId}\0${kind}`
}
