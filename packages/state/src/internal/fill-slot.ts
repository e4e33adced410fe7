import { withEntry } from '@harborage/core/kit'
import type { CheckedRecord, StateDriver } from '../state-driver.ts'
import type { SaveIfEmptyOutcome } from '../state-record.ts'

/** Saves a record into its slot if the slot is empty, as a commit of this one entry. */
export async function fillSlot(
  driver: StateDriver,
  record: CheckedRecord,
): Promise<SaveIfEmptyOutcome> {
  try {
    const outcome = await driver.commit({
      expect: [],
      save: [],
      saveIfEmpty: [record],
      delete: [],
      deletePrefix: [],
    })
    // A commit without saves is never a repeated one.
    return outcome.repeated ? 'unchanged' : (outcome.saveIfEmpty[0] ?? 'saved')
  } catch (error) {
    throw withEntry(error, undefined)
  }
}
