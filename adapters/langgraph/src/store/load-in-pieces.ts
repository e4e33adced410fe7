import { isHarborageError, type CallOptions } from '@harborage/core'
import { MAX_LOAD_SLOTS, type Slot, type StateRecord, type StateStore } from '@harborage/state'

/**
 * Resolves to what each of any number of slots of one tenant holds. It is one `loadMany` unless
 * there are more slots or bytes than that returns.
 */
export async function loadInPieces(
  state: StateStore,
  slots: readonly Slot[],
  options: CallOptions,
): Promise<readonly (StateRecord | undefined)[]> {
  if (slots.length > MAX_LOAD_SLOTS) {
    const rest = await loadInPieces(state, slots.slice(MAX_LOAD_SLOTS), options)
    return [...(await loadInPieces(state, slots.slice(0, MAX_LOAD_SLOTS), options)), ...rest]
  }
  if (slots.length === 0) return []
  try {
    return await state.loadMany(slots, options)
  } catch (error) {
    if (!isHarborageError(error, 'result_too_large') || slots.length === 1) throw error
    const half = Math.ceil(slots.length / 2)
    const first = await loadInPieces(state, slots.slice(0, half), options)
    return [...first, ...(await loadInPieces(state, slots.slice(half), options))]
  }
}
