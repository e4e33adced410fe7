import type { EventId } from '@harborage/core'

import type { Payload } from '../contenders/slot-store.ts'
import type { EngineName, Race } from '../measure/benchmark.ts'
import { callersAtOnce, enoughFor } from '../measure/callers.ts'
import { fill, openSlotStores } from './slot-stores.ts'
import { at, mustEqual, newEventIds, newPayload, SLOTS, spreadPlaces } from './workload.ts'

export function save(engine: EngineName, callers: number): Race {
  return {
    id: `save-${callers}-${engine}`,
    title: callers === 1 ? 'save, 1 caller' : `save, ${callers} callers`,
    engine,
    unit: 'save',
    compares: 'contenders',
    setUp: async (scene) => {
      const places = spreadPlaces(SLOTS, 10)
      return Promise.all(
        (await openSlotStores(engine, scene)).map(async (store) => {
          await fill(store, places)
          let eventIds: readonly EventId[] = []
          let payload: Payload = newPayload()
          return {
            ...store,
            leastOperations: enoughFor(callers),
            prepare: async (operations) => {
              eventIds = newEventIds(operations)
              payload = newPayload()
            },
            // The client of SQLite is synchronous: many callers are the same as one.
            run: (operations) =>
              callersAtOnce(callers, operations, (index) =>
                store.save({ place: at(places, index), eventId: at(eventIds, index), payload }),
              ),
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
