import { parseEventId } from '@harborage/core'
import { decideAppend, decideReplacement, type RememberedOperation } from '@harborage/journal'
import { answeringCodes, keyOfNames } from '../../histories/named-state.ts'
import type { SequentialModel } from '../../histories/serial-order.ts'
import { answerOfAppend, answerOfRead, entryOf, type JournalCall } from './journal-call.ts'

/** An entry that a stream holds or remembers. */
interface Held {
  readonly id: string
  readonly position: number
  readonly isDropped: boolean
}

/** A stream of a history. */
interface ModelStream {
  readonly first: number
  readonly position: number
  readonly entries: readonly Held[]
  readonly operations: readonly RememberedOperation[]
}

/** The streams of a history, by their names. */
export type JournalModelState = ReadonlyMap<string, ModelStream>

const NEW: ModelStream = { first: 1, position: 0, entries: [], operations: [] }

/**
 * Returns a model of the journal store for calls that are made one after the other. `decideAppend`
 * and `decideReplacement` decide.
 */
export function journalModel(): SequentialModel<JournalModelState, JournalCall> {
  return {
    empty: new Map(),
    step: answeringCodes(step),
    keyOf: keyOfNames,
    touches: ({ stream }) => [stream],
    isRead: (call) => call.do === 'read' || call.do === 'position',
  }
}

function step(
  state: JournalModelState,
  call: JournalCall,
): { answer: string; state: JournalModelState } {
  const stream = state.get(call.stream)
  const { first, position, entries, operations } = stream ?? NEW
  const view = {
    position,
    lastGiven: position,
    operations,
    heldEntry(entryId: string) {
      const held = entries.find(({ id }) => id === entryId)
      return held && { ...held, type: '', bytes: entryOf(held.id).bytes }
    },
  }
  const changed = (next: Partial<ModelStream>): JournalModelState =>
    new Map(state).set(call.stream, { first, position, entries, operations, ...next })
  switch (call.do) {
    case 'append': {
      const { ifPosition } = call
      const decided = decideAppend(view, { entries: call.ids.map(checked), ifPosition })
      const answer = answerOfAppend(decided.entries)
      if (decided.added.length === 0) return { answer, state }
      const added = decided.added.map(({ entryId }, index) => heldAt(entryId, position + 1 + index))
      return {
        answer,
        state: changed({
          position: position + added.length,
          entries: [...entries, ...added],
        }),
      }
    }
    case 'replaceAfter': {
      const remembered = decideReplacement(view, {
        owner: { tenantId: '', userId: '', sessionId: '', runId: '' },
        ...call,
        operationId: parseEventId(call.operationId),
        entries: call.ids.map(checked),
        digest: JSON.stringify([call.position, call.ids]),
      })
      if (remembered === undefined) return { answer: 'replaced', state }
      const kept = entries
        .filter(({ id }) => !call.ids.includes(id))
        .map((each) => (each.position > call.position ? { ...each, isDropped: true } : each))
      const added = call.ids.map((id, index) => heldAt(id, position + 2 + index))
      return {
        answer: 'replaced',
        state: changed({
          position: position + 1 + added.length,
          entries: [...kept, ...added],
          operations: remembered,
        }),
      }
    }
    case 'read':
      return { answer: answerOfRead(entries.filter(({ isDropped }) => !isDropped)), state }
    case 'position':
      return { answer: String(position), state }
    case 'trim': {
      const to = Math.min(call.before, position + 1)
      if (to <= first) return { answer: '0 dropped', state }
      const dropped = entries.filter((each) => !each.isDropped && each.position < to)
      const kept = entries.map((each) => (each.position < to ? { ...each, isDropped: true } : each))
      return { answer: `${dropped.length} dropped`, state: changed({ first: to, entries: kept }) }
    }
    case 'delete': {
      const left = new Map(state)
      return {
        answer: String(left.delete(call.stream)),
        state: stream === undefined ? state : left,
      }
    }
  }
}

function heldAt(id: string, position: number): Held {
  return { id, position, isDropped: false }
}

function checked(id: string) {
  const { entryId, bytes } = entryOf(id)
  return { entryId, type: '', bytes, createdAt: new Date(0) }
}
