import type { EventId } from '@harborage/core'

import type { Payload, Write } from '../contenders/slot-store.ts'
import type { EngineName, Race } from '../measure/benchmark.ts'
import { oneCaller } from '../measure/callers.ts'
import { ableTo, fill, openSlotStores } from './slot-stores.ts'
import { at, mustEqual, newEventIds, newPayload, placesOfOneSession } from './workload.ts'

const SLOTS_PER_COMMIT = 10
const COMMITS = 100

export function commit(engine: EngineName): Race {
  return {
    id: `commit-10-${engine}`,
    title: 'commit of 10 slots',
    engine,
    unit: 'commit',
    compares: 'contenders',
    setUp: async (scene) => {
      const places = placesOfOneSession(SLOTS_PER_COMMIT * COMMITS)
      const stores = ableTo('commit', await openSlotStores(engine, scene))
      return Promise.all(
        stores.map(async (store) => {
          await fill(store, places)
          let eventIds: readonly EventId[] = []
          let payload: Payload = newPayload()
          const writesOf = (commitNumber: number): Write[] =>
            Array.from({ length: SLOTS_PER_COMMIT }, (_, slot) => {
              const number = commitNumber * SLOTS_PER_COMMIT + slot
              return { place: at(places, number), eventId: at(eventIds, number), payload }
            })
          return {
            ...store,
            prepare: async (operations) => {
              eventIds = newEventIds(operations * SLOTS_PER_COMMIT)
              payload = newPayload()
            },
            run: (operations) => oneCaller(operations, (index) => store.commit(writesOf(index))),
            verify: async () => {
              const written = places.slice(0, eventIds.length)
              for (const place of written) mustEqual(await store.load(place), payload)
            },
          }
        }),
      )
    },
  }
}
