import { newEventId } from '@harborage/core'
import { changeRows, selectRows, type SqlTraits, type SqlWork } from '@harborage/core/sql'
import { decideCommit, slotId } from '../decide.ts'
import type { CheckedTransaction, SlotKey } from '../state-driver.ts'
import type { SaveOutcome, StateRecord } from '../state-record.ts'
import { InspectedSlots } from './inspected-slots.ts'
import { recordRow, slotColumns } from './rows.ts'
import type { StateStatements } from './statements.ts'

/** Another transaction came in between: the work has to be done again from the start. */
export class LostRace extends Error {}

/**
 * The body of a commit: locks and reads every slot that it touches, decides, and writes.
 *
 * @throws LostRace if a slot changed between the reading and the writing.
 */
export function* commitWork(
  statements: StateStatements,
  traits: SqlTraits,
  transaction: CheckedTransaction,
): SqlWork<readonly SaveOutcome[]> {
  const slots = new InspectedSlots()
  for (const [slot, eventId] of inspections(transaction)) {
    const at = { ...slotColumns(slot), event_id: eventId }
    slots.add(yield* selectRows(statements.inspectAndLock, at))
  }
  const { outcomes, apply } = decideCommit(slots, transaction)
  if (!apply) return outcomes

  if (traits.rowLocks) yield* keepEmpty(statements, transaction)
  for (const slot of transaction.delete) {
    yield* changeRows(statements.delete, slotColumns(slot))
  }
  for (const record of transaction.save.filter((_, index) => outcomes[index] === 'saved')) {
    const isExpectedEmpty = slots.generationOf(record) === undefined
    yield* write(isExpectedEmpty ? statements.saveIntoEmpty : statements.save, record)
  }
  return outcomes
}

/** Every slot that the commit touches, once, in an order that is the same for all: so that commits cannot deadlock. */
function inspections({ expect, save, delete: deletions }: CheckedTransaction): [SlotKey, string][] {
  const bySlot = new Map<string, [SlotKey, string]>()
  // No event id is empty, so an inspection without one finds the slot alone.
  for (const slot of [...expect, ...deletions]) bySlot.set(slotId(slot), [slot, ''])
  for (const record of save) bySlot.set(slotId(record), [record, record.eventId])
  return [...bySlot]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([, inspection]) => inspection)
}

/**
 * An empty slot has no row to lock. A row that is inserted and removed again keeps others from filling the slot until
 * this transaction ends.
 */
function* keepEmpty(
  statements: StateStatements,
  { expect, save }: CheckedTransaction,
): SqlWork<void> {
  const saved = new Set(save.map(slotId))
  for (const slot of expect) {
    if (slot.eventId !== null || saved.has(slotId(slot))) continue
    const placeholder = {
      ...slot,
      eventId: newEventId(),
      bytes: new Uint8Array(),
      version: 0,
      updatedAt: new Date(0),
    }
    yield* write(statements.saveIntoEmpty, placeholder)
    yield* changeRows(statements.delete, slotColumns(slot))
  }
}

function* write(statement: StateStatements['save'], record: StateRecord): SqlWork<void> {
  if ((yield* changeRows(statement, recordRow(record))) === 0) throw new LostRace()
}
