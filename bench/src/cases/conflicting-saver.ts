import { type EventId, newEventId } from '@harborage/core'
import type { StateStore } from '@harborage/state'

import { currentBuild } from '../contenders/build.ts'
import { newDsn } from '../environment/scene.ts'
import type { Contender, EngineName, Race } from '../measure/benchmark.ts'
import { callersAtOnce, enoughFor } from '../measure/callers.ts'
import { at, mustEqual, newEventIds, newPayload, SLOTS, spreadPlaces } from './workload.ts'

const SAVERS = 64

/** Returns the race of savers with and without another one that keeps sending a used event id. */
export function conflictingSaver(engine: EngineName): Race {
  return {
    id: `conflicting-saver-${engine}`,
    title: `save, ${SAVERS} callers, with and without one whose event id is taken`,
    engine,
    unit: 'save',
    compares: 'sizes',
    setUp: async (scene) => {
      const contenders: Contender[] = []
      for (const isDisturbed of [false, true]) {
        const state = await currentBuild.openStateStore({ dsn: await newDsn(engine, scene) })
        scene.onEnd(() => state.close())
        contenders.push(saving(state, isDisturbed))
      }
      return contenders
    },
  }
}

function saving(state: StateStore, isDisturbed: boolean): Contender {
  const places = spreadPlaces(SLOTS, 10)
  let eventIds: readonly EventId[] = []
  let payload = newPayload()
  const save = (index: number, eventId: EventId): Promise<unknown> => {
    const { identity, kind } = at(places, index)
    return state.save({ eventId, identity, kind, bytes: payload.bytes })
  }
  return {
    name: isDisturbed ? 'beside a conflicting one' : 'undisturbed',
    leastOperations: enoughFor(SAVERS),
    prepare: async (operations) => {
      eventIds = newEventIds(operations)
      payload = newPayload()
    },
    run: async (operations) => {
      const savers = callersAtOnce(SAVERS, operations, (index) => save(index, at(eventIds, index)))
      if (!isDisturbed) return savers
      const end = new AbortController()
      const conflicting = saveConflicting(state, end.signal)
      await savers.finally(() => end.abort())
      return conflicting
    },
    verify: async () => {
      const written = places.slice(0, eventIds.length)
      for (const { identity, kind } of written) {
        mustEqual((await state.load(identity, kind))?.bytes, payload)
      }
    },
  }
}

/** @throws Error if a save with an event id that is taken does not fail. */
async function saveConflicting(state: StateStore, end: AbortSignal): Promise<void> {
  const identity = { tenantId: 'tenant-0', userId: 'conflicting', sessionId: 's1' }
  const eventId = newEventId()
  const { bytes } = newPayload()
  await state.save({ eventId, identity, kind: 'taken', bytes })
  while (!end.aborted) {
    const outcome = await state.save({ eventId, identity, kind: 'repeated', bytes }).then(
      () => 'saved',
      () => 'refused',
    )
    if (outcome === 'saved') throw new Error('an event id was taken twice')
  }
}
