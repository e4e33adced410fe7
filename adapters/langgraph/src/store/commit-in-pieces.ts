import type { CallOptions } from '@harborage/core'
import {
  MAX_COMMIT_ENTRIES,
  type NewStateRecord,
  type Slot,
  type StateStore,
} from '@harborage/state'

/** What to change. No slot occurs twice. */
export interface SlotChanges {
  readonly save: readonly NewStateRecord[]
  readonly delete: readonly Slot[]
}

/**
 * Applies changes of slots of one tenant. It is one commit unless there are more records to save,
 * or slots to delete, than that applies.
 */
export async function commitInPieces(
  state: StateStore,
  changes: SlotChanges,
  options: CallOptions,
): Promise<void> {
  const size = MAX_COMMIT_ENTRIES
  for (let from = 0; from < Math.max(changes.save.length, changes.delete.length); from += size) {
    const piece = {
      save: changes.save.slice(from, from + size),
      delete: changes.delete.slice(from, from + size),
    }
    await state.commit(piece, options)
  }
}
