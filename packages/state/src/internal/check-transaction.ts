import { HarborageError } from '@harborage/core'
import { describeType, KnownNames } from '@harborage/core/kit'
import { slotId } from '../decide.ts'
import type {
  CheckedExpectation,
  CheckedRecord,
  CheckedTransaction,
  SlotKey,
} from '../state-driver.ts'
import {
  MAX_COMMIT_ENTRIES,
  type Slot,
  type SlotExpectation,
  type StateTransaction,
} from '../state-record.ts'
import {
  readEntries,
  refuseSecondTenant,
  withIdentities,
  type EntryRules,
  type Identified,
} from './check-entries.ts'
import { checkExpectedEventId, checkRecord, checkSlot, slotNames } from './check-record.ts'

const listRules: EntryRules = {
  maxEntries: MAX_COMMIT_ENTRIES,
  tooMany: 'split it into several commits',
  noArray: 'pass an array or leave it out',
}
const transactionNames = new KnownNames('the transaction', ['expect', 'save', 'delete'])

/** Checks the identities of all entries first, then each entry, then the entries together. */
export function checkTransaction(transaction: StateTransaction): CheckedTransaction {
  const lists = readLists(transaction)
  const expectations = withIdentities('expect', lists.expect)
  const records = withIdentities('save', lists.save)
  const slots = withIdentities('delete', lists.delete)
  refuseEmpty([...expectations, ...records, ...slots])
  refuseSecondTenant([...expectations, ...records, ...slots], 'commit')

  const expect = expectations.map(checkExpectation)
  const save = records.map(({ identity, entry }) => checkRecord(identity, entry))
  const deletions = slots.map(checkDeletion)
  refuseDuplicateSlots('expected', expect)
  refuseDuplicateSlots('changed', [...save, ...deletions])
  refuseDuplicateEventIds(save)
  return { expect, save, delete: deletions }
}

function readLists(transaction: StateTransaction): Required<StateTransaction> {
  const passed: unknown = transaction
  if (typeof passed !== 'object' || passed === null) {
    throw new HarborageError(
      'invalid_record',
      `the transaction is ${describeType(passed)}: pass an object { expect?, save?, delete? }`,
    )
  }
  transactionNames.check(passed)
  return {
    expect: 'expect' in transaction ? readList('expect', transaction.expect) : [],
    save: 'save' in transaction ? readList('save', transaction.save) : [],
    delete: 'delete' in transaction ? readList('delete', transaction.delete) : [],
  }
}

/**
 * Rejects an explicit `undefined`: treated as absent, it would drop the preconditions of the
 * commit.
 */
function readList<Entry>(field: string, list: readonly Entry[] | undefined): readonly Entry[] {
  return readEntries(field, list, listRules)
}

function checkExpectation({ identity, entry }: Identified<SlotExpectation>): CheckedExpectation {
  slotNames.check(entry)
  const { kind, eventId } = entry
  return {
    ...checkSlot(identity, kind),
    eventId: eventId === null ? null : checkExpectedEventId('expect.eventId', eventId),
  }
}

function checkDeletion({ identity, entry }: Identified<Slot>): SlotKey {
  slotNames.check(entry)
  return checkSlot(identity, entry.kind)
}

/** Rejects an empty transaction: it has no identity, and was probably passed under a wrong name. */
function refuseEmpty(entries: readonly Identified<unknown>[]): void {
  if (entries.length === 0) {
    throw new HarborageError(
      'invalid_record',
      'the transaction is empty: give at least one entry in expect, save or delete',
    )
  }
}

function refuseDuplicateSlots(role: string, slots: readonly SlotKey[]): void {
  if (new Set(slots.map(slotId)).size < slots.length) {
    throw new HarborageError(
      'invalid_record',
      `a slot is ${role} more than once: name each slot once`,
    )
  }
}

function refuseDuplicateEventIds(records: readonly CheckedRecord[]): void {
  if (new Set(records.map(({ eventId }) => eventId)).size < records.length) {
    throw new HarborageError(
      'invalid_record',
      'two saves have one event id: make one per save with newEventId()',
    )
  }
}
