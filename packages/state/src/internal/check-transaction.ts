import { HarborageError } from '@harborage/core'
import { describeType, KnownNames } from '@harborage/core/kit'
import { slotId } from '../decide.ts'
import type {
  CheckedExpectation,
  CheckedPrefix,
  CheckedRecord,
  CheckedTransaction,
  SlotKey,
} from '../state-driver.ts'
import {
  MAX_COMMIT_ENTRIES,
  type NewStateRecord,
  type Slot,
  type SlotExpectation,
  type SlotPrefix,
  type StateTransaction,
} from '../state-record.ts'
import {
  checkEntries,
  readEntries,
  refuseSecondTenant,
  withIdentities,
  type EntryRules,
  type Identified,
} from './check-entries.ts'
import {
  checkAnyPrefix,
  checkExpectedEventId,
  checkRecord,
  checkSlot,
  prefixNames,
  slotNames,
} from './check-record.ts'
import { disjointPrefixes } from './disjoint-prefixes.ts'

const listRules: EntryRules = {
  maxEntries: MAX_COMMIT_ENTRIES,
  tooMany: 'split it into several commits',
  noArray: 'pass an array or leave it out',
}
const listNames = ['expect', 'save', 'saveIfEmpty', 'delete', 'deletePrefix'] as const
const transactionNames = new KnownNames('the transaction', listNames)

/** Checks the identities of all entries first, then each entry, then the entries together. */
export function checkTransaction(transaction: StateTransaction): CheckedTransaction {
  const lists = readLists(transaction)
  const expectations = withIdentities('expect', lists.expect)
  const records = withIdentities('save', lists.save)
  const fillings = withIdentities('saveIfEmpty', lists.saveIfEmpty)
  const slots = withIdentities('delete', lists.delete)
  const prefixes = withIdentities('deletePrefix', lists.deletePrefix)
  const all = [...expectations, ...records, ...fillings, ...slots, ...prefixes]
  refuseEmpty(all)
  refuseSecondTenant(all, 'commit')

  const checked = {
    expect: checkEntries(expectations, checkExpectation),
    save: checkEntries(records, checkSave),
    saveIfEmpty: checkEntries(fillings, checkSave),
    delete: checkEntries(slots, checkDeletion),
    deletePrefix: disjointPrefixes(checkEntries(prefixes, checkPrefix)),
  }
  const { expect, save, saveIfEmpty } = checked
  refuseRepeated({ expect }, slotId, 'the slot is expected more than once: name it once')
  refuseRepeated<SlotKey>(
    { save, saveIfEmpty, delete: checked.delete },
    slotId,
    'the slot is changed more than once: name it once',
  )
  refuseRepeated(
    { save, saveIfEmpty },
    ({ eventId }) => eventId,
    'another save has the same event id: make one per save with newEventId()',
  )
  return checked
}

function readLists(transaction: StateTransaction): Required<StateTransaction> {
  const passed: unknown = transaction
  if (typeof passed !== 'object' || passed === null) {
    throw new HarborageError(
      'invalid_record',
      `the transaction is ${describeType(passed)}: pass an object { ${listNames.join('?, ')}? }`,
    )
  }
  transactionNames.check(passed)
  const given = transaction
  return {
    expect: 'expect' in given ? readList('expect', given.expect) : [],
    save: 'save' in given ? readList('save', given.save) : [],
    saveIfEmpty: 'saveIfEmpty' in given ? readList('saveIfEmpty', given.saveIfEmpty) : [],
    delete: 'delete' in given ? readList('delete', given.delete) : [],
    deletePrefix: 'deletePrefix' in given ? readList('deletePrefix', given.deletePrefix) : [],
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

function checkSave({ identity, entry }: Identified<NewStateRecord>): CheckedRecord {
  return checkRecord(identity, entry)
}

function checkDeletion({ identity, entry }: Identified<Slot>): SlotKey {
  slotNames.check(entry)
  return checkSlot(identity, entry.kind)
}

function checkPrefix({ identity, entry }: Identified<SlotPrefix>): CheckedPrefix {
  prefixNames.check(entry)
  return { identity, kindPrefix: checkAnyPrefix(entry.kindPrefix) }
}

/** Rejects an empty transaction: it has no identity, and was probably passed under a wrong name. */
function refuseEmpty(entries: readonly Identified<unknown>[]): void {
  if (entries.length === 0) {
    throw new HarborageError(
      'invalid_record',
      `the transaction is empty: give at least one entry in ${listNames.join(', ')}`,
    )
  }
}

/** Rejects two entries with the same key in some lists. The error names the second one. */
function refuseRepeated<Entry>(
  lists: Readonly<Record<string, readonly Entry[]>>,
  keyOf: (entry: Entry) => string,
  message: string,
): void {
  const seen = new Set<string>()
  for (const [list, entries] of Object.entries(lists)) {
    for (const [index, entry] of entries.entries()) {
      const key = keyOf(entry)
      if (seen.has(key)) {
        throw new HarborageError('invalid_record', message, { entry: { list, index } })
      }
      seen.add(key)
    }
  }
}
