import { type CallOptions, isHarborageError } from '@harborage/core'
import { MAX_LOAD_SLOTS, type Slot, type StateRecord, type StateStore } from '@harborage/state'

/**
 * Loads any number of slots of a tenant, in as few round trips as their sizes allow. Returns what
 * each holds, in their order.
 */
export async function loadSlots(
  state: StateStore,
  slots: readonly Slot[],
  options: CallOptions = {},
): Promise<readonly (StateRecord | undefined)[]> {
  if (slots.length === 0) return []
  if (slots.length > MAX_LOAD_SLOTS) return loadParts(state, slots, MAX_LOAD_SLOTS, options)
  try {
    return await state.loadMany(slots, options)
  } catch (error) {
    if (slots.length === 1 || !isHarborageError(error, 'result_too_large')) throw error
    return loadParts(state, slots, Math.ceil(slots.length / 2), options)
  }
}

async function loadParts(
  state: StateStore,
  slots: readonly Slot[],
  size: number,
  options: CallOptions,
): Promise<readonly (StateRecord | undefined)[]> {
  const first = await loadSlots(state, slots.slice(0, size), options)
  return [...first, ...(await loadSlots(state, slots.slice(size), options))]
}
