import { parseEventId } from '@harborage/core'
import {
  decideCommit,
  decideDelete,
  decideSave,
  decideTouch,
  REMEMBERED_EVENT_IDS,
  type Generation,
  type SlotKey,
  type SlotView,
} from '@harborage/state'
import { answeringCodes, keyOfNames } from '../../histories/named-state.ts'
import type { RecordedCall, SequentialModel } from '../../histories/serial-order.ts'
import { bytesOf, textOf } from '../../support/text-bytes.ts'
import {
  answerOfCommit,
  answerOfRecord,
  recordOf,
  slotOf,
  transactionOf,
  type CallRecord,
  type CallSlot,
  type StateCall,
} from './state-call.ts'

/** The content of a slot, and the event ids that it has replaced, newest first. */
interface Held extends CallSlot {
  readonly eventId: string
  readonly text: string
  readonly isExpired: boolean
  readonly replaced: readonly string[]
}

/** The contents of the slots of a history, by the names of the slots. */
export type ModelState = ReadonlyMap<string, Held>

const TENANT = 'acme'

/**
 * Returns a model of the state store for calls that are made one after the other. `decideSave`,
 * `decideCommit` and `decideDelete` decide.
 *
 * @param kinds Every kind that the calls name.
 */
export function stateModel(kinds: readonly string[]): SequentialModel<ModelState, StateCall> {
  return {
    empty: new Map(),
    step: answeringCodes(step),
    keyOf: keyOfNames,
    touches: (call) => touches(call, kinds),
    isRead: (call) => call.do.startsWith('load'),
    apart,
  }
}

/** Returns what is explained in place of a call. */
function apart(
  recorded: RecordedCall<StateCall>,
  during: readonly RecordedCall<StateCall>[],
): readonly RecordedCall<StateCall>[] {
  return recorded.call.do === 'prune'
    ? apartOfPrune(recorded, recorded.call, during)
    : apartOfRead(recorded, during)
}

/**
 * Returns nothing in place of a prune that removed nothing while others changed the slot: what it
 * looked at was replaced. One that was repeated may have removed it in an earlier attempt.
 */
function apartOfPrune(
  recorded: RecordedCall<StateCall>,
  slot: CallSlot,
  during: readonly RecordedCall<StateCall>[],
): readonly RecordedCall<StateCall>[] {
  if (recorded.answer !== '0') return [recorded]
  if ((recorded.retries ?? 0) > 0) return [{ ...recorded, answer: undefined }]
  const isChanged = during.some((other) => other !== recorded && mayChange(other.call, slot))
  return isChanged ? [] : [recorded]
}

function mayChange(call: StateCall, slot: CallSlot): boolean {
  if (call.do.startsWith('load')) return false
  return touches(call, [slot.kind]).includes(nameOf(slot))
}

/**
 * Returns a read of several slots as reads of each, if a session or a prefix was being emptied
 * meanwhile: some of what was just removed may be read beside what was saved since.
 */
function apartOfRead(
  recorded: RecordedCall<StateCall>,
  during: readonly RecordedCall<StateCall>[],
): readonly RecordedCall<StateCall>[] {
  const { call, answer } = recorded
  if (call.do !== 'loadMany' || answer === undefined) return [recorded]
  if (!during.some((other) => isSweep(other.call))) return [recorded]
  const answers = answer.split(',')
  return call.slots.map((slot, index) => {
    return { ...recorded, call: { do: 'load', ...slot }, answer: answers[index] }
  })
}

function isSweep(call: StateCall): boolean {
  return call.do === 'deleteSession' || (call.do === 'commit' && call.deletePrefix.length > 0)
}

function step(state: ModelState, call: StateCall): { answer: string; state: ModelState } {
  const view = viewOf(state)
  switch (call.do) {
    case 'save': {
      const { ifEventId } = call
      const condition = typeof ifEventId === 'string' ? parseEventId(ifEventId) : ifEventId
      const answer = decideSave(view, recordOf(TENANT, call), condition)
      return { answer, state: answer === 'saved' ? saved(state, [call]) : state }
    }
    case 'load':
      return { answer: answerOfRecord(visible(view, call)), state }
    case 'loadMany': {
      const held = call.slots.map((slot) => visible(view, slot))
      return { answer: held.map(answerOfRecord).join(), state }
    }
    case 'loadByEventId': {
      const holder = [...state.values()].find(
        ({ session, eventId, isExpired }) =>
          session === call.session && eventId === call.eventId && !isExpired,
      )
      return { answer: answerOfRecord(holder && generationOf(holder)), state }
    }
    case 'delete': {
      const ifEventId = call.ifEventId === undefined ? undefined : parseEventId(call.ifEventId)
      const isThere = decideDelete(view.generationOf(slotOf(TENANT, call)), ifEventId)
      return { answer: String(isThere), state: isThere ? without(state, [call]) : state }
    }
    case 'deleteSession': {
      const left = new Map([...state].filter(([, { session }]) => session !== call.session))
      const count = state.size - left.size
      return { answer: String(count), state: count === 0 ? state : left }
    }
    case 'touch': {
      const held = view.generationOf(slotOf(TENANT, call))
      const isTouched = decideTouch(held, parseEventId(call.ifEventId))
      const isChanged = isTouched && call.isExpired
      return { answer: String(isTouched), state: isChanged ? expired(state, call) : state }
    }
    case 'prune': {
      const isPruned = view.generationOf(slotOf(TENANT, call))?.isExpired === true
      return { answer: isPruned ? '1' : '0', state: isPruned ? without(state, [call]) : state }
    }
    case 'commit': {
      const { outcome, write, remove } = decideCommit(view, transactionOf(TENANT, call))
      const records = write.map((record) => ({
        ...callSlotOf(record),
        eventId: record.eventId,
        text: textOf(record.bytes),
        isExpired: record.expiresAt !== undefined,
      }))
      const changed = saved(without(state, remove.map(callSlotOf)), records)
      return { answer: answerOfCommit(outcome), state: changed }
    }
  }
}

function touches(call: StateCall, kinds: readonly string[]): readonly string[] {
  switch (call.do) {
    case 'save':
      return [nameOf(call), call.eventId]
    case 'load':
    case 'delete':
    case 'touch':
    case 'prune':
      return [nameOf(call)]
    case 'loadMany':
      return call.slots.map(nameOf)
    case 'loadByEventId':
      return [call.eventId]
    case 'deleteSession':
      return kinds.map((kind) => nameOf({ session: call.session, kind }))
    case 'commit':
      return [
        ...[...call.expect, ...call.save, ...call.saveIfEmpty, ...call.delete].map(nameOf),
        ...[...call.save, ...call.saveIfEmpty].map(({ eventId }) => eventId),
        ...call.deletePrefix.flatMap(({ session, prefix }) =>
          kinds.filter((kind) => kind.startsWith(prefix)).map((kind) => nameOf({ session, kind })),
        ),
      ]
  }
}

function saved(state: ModelState, records: readonly CallRecord[]): ModelState {
  if (records.length === 0) return state
  const changed = new Map(state)
  for (const record of records) {
    const { session, kind, eventId, text, isExpired = false } = record
    const before = state.get(nameOf(record))
    const replaced = before === undefined ? [] : [before.eventId, ...before.replaced]
    changed.set(nameOf(record), {
      session,
      kind,
      eventId,
      text,
      isExpired,
      replaced: replaced.slice(0, REMEMBERED_EVENT_IDS),
    })
  }
  return changed
}

/** Returns the state after the record of a full slot has expired. */
function expired(state: ModelState, slot: CallSlot): ModelState {
  const changed = new Map(state)
  const held = state.get(nameOf(slot))
  if (held !== undefined) changed.set(nameOf(slot), { ...held, isExpired: true })
  return changed
}

/** Returns what a read finds in a slot. */
function visible(view: SlotView, slot: CallSlot): Generation | undefined {
  const held = view.generationOf(slotOf(TENANT, slot))
  return held?.isExpired === true ? undefined : held
}

function without(state: ModelState, slots: readonly CallSlot[]): ModelState {
  const names = slots.map(nameOf).filter((name) => state.has(name))
  if (names.length === 0) return state
  return new Map([...state].filter(([name]) => !names.includes(name)))
}

function viewOf(state: ModelState): SlotView {
  return {
    generationOf(slot) {
      const held = state.get(nameOfKey(slot))
      return held && generationOf(held)
    },
    isHeldElsewhere(record) {
      const own = nameOfKey(record)
      return [...state].some(([name, { eventId }]) => name !== own && eventId === record.eventId)
    },
    slotsUnder: ({ identity, kindPrefix }) =>
      [...state.values()]
        .filter(({ session, kind }) => {
          return session === identity.sessionId && kind.startsWith(kindPrefix)
        })
        .map((held) => slotOf(TENANT, held)),
  }
}

function generationOf({ eventId, text, isExpired, replaced }: Held): Generation {
  return {
    eventId: parseEventId(eventId),
    version: 0,
    bytes: bytesOf(text),
    isExpired,
    hasReplaced: (other) => replaced.includes(other),
  }
}

function nameOf({ session, kind }: CallSlot): string {
  return `slot ${session}/${kind}`
}

function nameOfKey(slot: SlotKey): string {
  return nameOf(callSlotOf(slot))
}

function callSlotOf({ identity, kind }: SlotKey): CallSlot {
  return { session: identity.sessionId, kind }
}
