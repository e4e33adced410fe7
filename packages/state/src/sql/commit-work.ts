import { newEventId, type EventId } from '@harborage/core'
import {
  changeRows,
  LostRace,
  selectRows,
  together,
  type SqlTraits,
  type SqlWork,
} from '@harborage/core/sql'
import { decideCommit, slotId } from '../decide.ts'
import type { CheckedTransaction, SlotKey } from '../state-driver.ts'
import type { SaveOutcome, StateRecord } from '../state-record.ts'
import { InspectedSlots } from './inspected-slots.ts'
import { recordRow, slotColumns } from './rows.ts'
import type { StateStatements } from './statements.ts'

/**
 * The body of a commit: reads every slot that it touches, decides, and then goes through them once more, each in its
 * turn, to write it or to keep others from it, provided that it still holds what was read.
 *
 * @throws LostRace if a slot changed between the reading and the writing.
 */
export function* commitWork(
  statements: StateStatements,
  { rowLocks }: SqlTraits,
  transaction: CheckedTransaction,
): SqlWork<readonly SaveOutcome[]> {
  const touched = touchedSlots(transaction)
  const inspected = yield* together(
    touched.map(({ slot, record }) =>
      selectRows(statements.inspect, { ...slotColumns(slot), event_id: record?.eventId ?? NONE }),
    ),
  )
  const slots = new InspectedSlots(inspected.flat())
  const { outcomes, apply } = decideCommit(slots, transaction)
  const saved = new Set(transaction.save.filter((_, index) => outcomes[index] === 'saved'))
  const removed = new Set(apply ? transaction.delete.map(slotId) : [])
  const works = touched.flatMap(({ slot, record }) => {
    const held = slots.generationOf(slot)?.eventId
    if (record !== undefined && saved.has(record)) return [saveOver(statements, record, held)]
    if (held !== undefined && removed.has(slotId(slot))) {
      return [changeRows(statements.deleteGeneration, { ...slotColumns(slot), event_id: held })]
    }
    // Where transactions wait for each other anyway, nobody can come in between.
    return rowLocks ? [keep(statements, slot, held)] : []
  })
  const counts = yield* together(works)
  if (counts.includes(0)) throw new LostRace()
  return outcomes
}

/** No event id is empty, so an inspection with this one finds the slot alone. */
const NONE = ''

/** A slot that a commit touches, and what it saves there, if anything. */
interface TouchedSlot {
  readonly slot: SlotKey
  readonly record: StateRecord | undefined
}

/**
 * Every slot that the commit touches, once, in an order that is the same for all who write several slots at a time:
 * they lock one after the other in this order and in no other, so that they cannot deadlock.
 */
function touchedSlots({ expect, save, delete: deletions }: CheckedTransaction): TouchedSlot[] {
  const bySlot = new Map<string, TouchedSlot>()
  for (const slot of [...expect, ...deletions])
    bySlot.set(slotId(slot), { slot, record: undefined })
  for (const record of save) bySlot.set(slotId(record), { slot: record, record })
  return [...bySlot]
    .sort(([left], [right]) => {
      if (left === right) return 0
      return left < right ? -1 : 1
    })
    .map(([, slot]) => slot)
}

/** Saves into a slot that still holds what was read, or is still empty. */
function saveOver(
  statements: StateStatements,
  record: StateRecord,
  held: EventId | undefined,
): SqlWork<number> {
  const row = recordRow(record)
  return held === undefined
    ? changeRows(statements.saveIntoEmpty, row)
    : changeRows(statements.saveOver, { ...row, expected_event_id: held })
}

/** Keeps others from a slot that still holds what was read, or is still empty, until the transaction ends. */
function* keep(
  statements: StateStatements,
  slot: SlotKey,
  held: EventId | undefined,
): SqlWork<number> {
  if (held === undefined) return yield* keepEmpty(statements, slot)
  const rows = yield* selectRows(statements.lock, { ...slotColumns(slot), event_id: held })
  return rows.length
}

/**
 * An empty slot has no row to lock. A row that is inserted and removed again keeps others from filling the slot until
 * the transaction ends.
 */
function* keepEmpty(statements: StateStatements, { identity, kind }: SlotKey): SqlWork<number> {
  const placeholder = {
    identity,
    kind,
    eventId: newEventId(),
    bytes: new Uint8Array(),
    version: 0,
    updatedAt: new Date(0),
  }
  const [inserted = 0] = yield* together([
    changeRows(statements.saveIntoEmpty, recordRow(placeholder)),
    changeRows(statements.deleteGeneration, {
      ...slotColumns(placeholder),
      event_id: placeholder.eventId,
    }),
  ])
  return inserted
}
