import { HarborageError, type RunIdentity } from '@harborage/core'
import { describeType, KnownNames } from '@harborage/core/kit'
import { slotId } from '../decide.ts'
import type { CheckedExpectation, CheckedTransaction, SlotKey } from '../state-driver.ts'
import {
  MAX_COMMIT_ENTRIES,
  type Slot,
  type SlotExpectation,
  type StateRecord,
  type StateTransaction,
} from '../state-record.ts'
import {
  checkCarriedIdentity,
  checkExpectedEventId,
  checkRecord,
  checkSlot,
  slotNames,
} from './check-record.ts'

const transactionNames = new KnownNames('the transaction', ['expect', 'save', 'delete'])

/** Checks the identities of all entries first, then each entry, then the entries together. */
export function checkTransaction(transaction: StateTransaction): CheckedTransaction {
  const lists = readLists(transaction)
  const expectations = withIdentities('expect', lists.expect)
  const records = withIdentities('save', lists.save)
  const slots = withIdentities('delete', lists.delete)
  refuseEmpty([...expectations, ...records, ...slots])
  refuseSecondTenant([...expectations, ...records, ...slots])

  const expect = expectations.map(checkExpectation)
  const save = records.map(({ identity, entry }) => checkRecord(identity, entry))
  const deletions = slots.map(checkDeletion)
  refuseDuplicateSlots('expected', expect)
  refuseDuplicateSlots('changed', [...save, ...deletions])
  refuseDuplicateEventIds(save)
  return { expect, save, delete: deletions }
}

/** An entry of a transaction with a checked identity; its other fields are not checked yet. */
interface Identified<Entry> {
  readonly identity: Required<RunIdentity>
  readonly entry: Entry
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
  const isList: boolean = Array.isArray(list)
  if (list === undefined || !isList) {
    throw new HarborageError(
      'invalid_record',
      `${field} is ${describeType(list)}: pass an array or leave it out`,
    )
  }
  const entries: Entry[] = []
  // Iterates, since map would skip the holes of a sparse array, and `length` may be forged.
  for (const entry of list) {
    if (entries.push(entry) > MAX_COMMIT_ENTRIES) {
      throw new HarborageError(
        'invalid_record',
        `${field} has more than ${MAX_COMMIT_ENTRIES} entries: split it into several commits`,
      )
    }
  }
  return entries
}

function withIdentities<Entry extends Slot>(
  field: string,
  entries: readonly Entry[],
): Identified<Entry>[] {
  return entries.map((entry, index) => ({
    identity: checkCarriedIdentity(`${field}[${index}]`, entry),
    entry,
  }))
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

function refuseSecondTenant(entries: readonly Identified<unknown>[]): void {
  const tenant = entries[0]?.identity.tenantId
  if (entries.some(({ identity }) => identity.tenantId !== tenant)) {
    throw new HarborageError(
      'invalid_record',
      'the entries are of more than one tenant: use one commit per tenant',
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

function refuseDuplicateEventIds(records: readonly StateRecord[]): void {
  if (new Set(records.map(({ eventId }) => eventId)).size < records.length) {
    throw new HarborageError(
      'invalid_record',
      'two saves have one event id: make one per save with newEventId()',
    )
  }
}
