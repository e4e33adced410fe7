import assert from 'node:assert/strict'
import type { NewStateRecord, Slot, StateStore } from '@harborage/state'
import { newRecord } from './new-record.ts'

/** Saves a new record in the slot, checks that it was saved, and resolves to it. */
export async function saveNew(
  store: StateStore,
  slot: Slot,
  text?: string,
): Promise<NewStateRecord> {
  const record = newRecord(slot, text)
  assert.equal(await store.save(record), 'saved')
  return record
}
