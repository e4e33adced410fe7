import { newEventId } from '@harborage/core'
import { changeRows, selectRows, together, type SqlTraits, type SqlWork } from '@harborage/core/sql'
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
  const inspected = yield* together(
    inspections(transaction).map(({ slot, eventId }) =>
      selectRows(statements.inspectAndLock, { ...slotColumns(slot), event_id: eventId }),
    ),
  )
  const slots = new InspectedSlots(inspected.flat())
  const { outcomes, apply } = decideCommit(slots, transaction)
  if (!apply) return outcomes

  const saved = transaction.save.filter((_, index) => outcomes[index] === 'saved')
  const isEmpty = (slot: SlotKey): boolean => slots.generationOf(slot) === undefined
  const changes: Change[] = [
    ...(traits.rowLocks ? slotsToFind(transaction).filter(isEmpty) : []).map((slot) => ({
      slot,
      work: () => keepEmpty(statements, slot),
    })),
    ...transaction.delete
      .filter((slot) => !isEmpty(slot))
      .map((slot) => ({
        slot,
        work: () => changeRows(statements.delete, slotColumns(slot)),
      })),
    ...saved.map((record) => ({
      slot: record,
      work: () => write(isEmpty(record) ? statements.saveIntoEmpty : statements.save, record),
    })),
  ]
  // An empty slot is locked by what is written into it, so the writes keep to the order, too.
  yield* together(inLockOrder(changes).map(({ work }) => work()))
  return outcomes
}

/** Something to do with one slot. */
interface Change {
  readonly slot: SlotKey
  readonly work: () => SqlWork<unknown>
}

/** An order of slots that is the same for all commits: so that they cannot deadlock. */
function inLockOrder<Item extends { readonly slot: SlotKey }>(items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ id: slotId(item.slot), item }))
    .sort((left, right) => {
      if (left.id === right.id) return 0
      return left.id < right.id ? -1 : 1
    })
    .map(({ item }) => item)
}

/** Every slot that the commit touches, once, with the event id that is to be saved there. */
function inspections({
  expect,
  save,
  delete: deletions,
}: CheckedTransaction): { slot: SlotKey; eventId: string }[] {
  const bySlot = new Map<string, { slot: SlotKey; eventId: string }>()
  // No event id is empty, so an inspection without one finds the slot alone.
  for (const slot of [...expect, ...deletions]) bySlot.set(slotId(slot), { slot, eventId: '' })
  for (const record of save) bySlot.set(slotId(record), { slot: record, eventId: record.eventId })
  return inLockOrder([...bySlot.values()])
}

/** The slots, each once, whose content decides about the commit or is removed by it, without those it saves into. */
function slotsToFind({ expect, save, delete: deletions }: CheckedTransaction): SlotKey[] {
  const bySlot = new Map([...expect, ...deletions].map((slot) => [slotId(slot), slot]))
  for (const record of save) bySlot.delete(slotId(record))
  return [...bySlot.values()]
}

/**
 * An empty slot has no row to lock. A row that is inserted and removed again keeps others from filling the slot until
 * this transaction ends.
 */
function keepEmpty(statements: StateStatements, { identity, kind }: SlotKey): SqlWork<unknown> {
  const placeholder = {
    identity,
    kind,
    eventId: newEventId(),
    bytes: new Uint8Array(),
    version: 0,
    updatedAt: new Date(0),
  }
  return together<unknown>([
    write(statements.saveIntoEmpty, placeholder),
    changeRows(statements.delete, slotColumns(placeholder)),
  ])
}

function* write(statement: StateStatements['save'], record: StateRecord): SqlWork<void> {
  if ((yield* changeRows(statement, recordRow(record))) === 0) throw new LostRace()
}
