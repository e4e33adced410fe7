import type { EventId } from '@harborage/core'
import type { SlotExpectation, StateStore } from '@harborage/state'
import { collect } from '../../support/collect.ts'
import type { Call } from '../../support/replay-calls.ts'
import type { ConditionChoice, ExpectationChoice, SlotChoice, Step } from './step.ts'
import type { Vocabulary } from './vocabulary.ts'

type StateCall = Call<StateStore>

/**
 * Turns a step into a call. Conditions that depend on what a slot holds are read from the model.
 *
 * @param earlier The writing calls so far, newest first.
 */
export async function callOf(
  step: Step,
  names: Vocabulary,
  model: StateStore,
  earlier: readonly StateCall[],
): Promise<StateCall> {
  switch (step.do) {
    case 'save': {
      const record = names.record(step.record)
      const options = await conditionOf(step.condition, step.record.slot, names, model)
      return writing((store) => store.save(record, options))
    }
    case 'load':
    case 'loadOrThrow': {
      const { identity, kind } = names.slot(step.slot)
      return reading((store) => store[step.do](identity, kind))
    }
    case 'loadByEventId':
    case 'loadByEventIdOrThrow':
      return reading((store) =>
        store[step.do](names.owner(step.session), names.eventId(step.event)),
      )
    case 'delete': {
      const { identity, kind } = names.slot(step.slot)
      const { ifEventId } = await conditionOf(step.condition, step.slot, names, model)
      const options = ifEventId === undefined || ifEventId === null ? {} : { ifEventId }
      return writing((store) => store.delete(identity, kind, options))
    }
    case 'touch': {
      const { identity, kind, eventId } = await expectationOf(step, names, model)
      // An empty slot has no event id to name: any one will do.
      const ifEventId = eventId ?? names.eventId(0)
      const expiresAt = names.expiresAt(step.expiry) ?? null
      return writing((store) => store.touch(identity, kind, { ifEventId, expiresAt }))
    }
    case 'prune': {
      const rules =
        step.keepLatest === undefined ? {} : { keepLatest: step.keepLatest, kindPrefix: '' }
      return writing((store) => store.prune(names.subtree(step.level, step.slot), rules))
    }
    case 'deleteAll':
      return writing((store) => store.deleteAll(names.subtree(step.level, step.slot)))
    case 'commit': {
      const transaction = {
        expect: await Promise.all(step.expect.map((each) => expectationOf(each, names, model))),
        save: step.save.map(names.record),
        saveIfEmpty: step.saveIfEmpty.map(names.record),
        delete: step.delete.map(names.slot),
        deletePrefix: step.deletePrefix.map(({ slot, prefixLength }) => ({
          identity: names.slot(slot).identity,
          kindPrefix: names.prefixOf(slot.kind, prefixLength),
        })),
      }
      return writing((store) => store.commit(transaction))
    }
    case 'saveIfEmpty': {
      const record = names.record(step.record)
      return writing((store) => store.saveIfEmpty(record))
    }
    case 'loadMany': {
      const slots = step.slots.map(names.slot)
      return reading((store) => store.loadMany(slots))
    }
    case 'list':
    case 'listKeys': {
      const { identity } = names.slot(step.slot)
      const prefix = names.prefixOf(step.slot.kind, step.prefixLength)
      const { pageSize, order, limit } = step
      const options = { pageSize, order, limit, ...names.bounds(step.bounds) }
      return reading((store) =>
        step.do === 'list'
          ? collect(store.list(identity, prefix, options))
          : collect(store.listKeys(identity, prefix, options)),
      )
    }
    case 'count': {
      const { identity } = names.slot(step.slot)
      const prefix = names.prefixOf(step.slot.kind, step.prefixLength)
      return reading((store) => store.count(identity, prefix, names.bounds(step.bounds)))
    }
    case 'listKind': {
      const prefix = names.prefixOf(step.kind, step.prefixLength)
      const { pageSize } = step
      return reading((store) =>
        collect(store.listKind({ maintenanceScoped: true }, prefix, { pageSize })),
      )
    }
    case 'directory':
      return reading((store) => names.directory(store, step))
    case 'retry':
      return earlier[step.callsAgo % earlier.length] ?? reading(async () => undefined)
  }
}

function writing(run: StateCall['run']): StateCall {
  return { run, writes: true }
}

function reading(run: StateCall['run']): StateCall {
  return { run, writes: false }
}

async function conditionOf(
  condition: ConditionChoice,
  slot: SlotChoice,
  names: Vocabulary,
  model: StateStore,
): Promise<{ ifEventId?: EventId | null }> {
  if (condition === 'none') return {}
  const { eventId } = await expectationOf({ slot, holds: condition }, names, model)
  return { ifEventId: eventId }
}

async function expectationOf(
  { slot: choice, holds }: ExpectationChoice,
  names: Vocabulary,
  model: StateStore,
): Promise<SlotExpectation> {
  const slot = names.slot(choice)
  if (holds === 'empty') return { ...slot, eventId: null }
  if (holds !== 'held') return { ...slot, eventId: names.eventId(holds) }
  const held = await model.load(slot.identity, slot.kind)
  return { ...slot, eventId: held?.eventId ?? null }
}
