import { isHarborageError } from '@harborage/core'
import { MAX_LOAD_SLOTS, type Slot, type StateRecord, type StateStore } from '@harborage/state'

/**
 * Loads any number of slots of a tenant, in as few round trips as their sizes allow. Returns what
 * each holds, in their order.
 */
export async function loadSlots(
  state: StateStore,
  slots: readonly Slot[],
): Promise<readonly (StateRecord | undefined)[]> {
  if (slots.length === 0) return []
  if (slots.length > MAX_LOAD_SLOTS) return loadHalves(state, slots)
  try {
    return await state.loadMany(slots)
  } catch (error) {
    if (slots.length === 1 || !isHarborageError(error, 'result_too_large')) throw error
    return loadHalves(state, slots)
  }
}

async function loadHalves(
  state: StateStore,
  slots: readonly Slot[],
): Promise<readonly (StateRecord | undefined)[]> {
  const middle = Math.ceil(slots.length / 2)
  const first = await loadSlots(state, slots.slice(0, middle))
  return [...first, ...(await loadSlots(state, slots.slice(middle)))]
}
