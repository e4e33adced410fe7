import type { EngineName, Race } from '../measure/benchmark.ts'
import { oneCaller } from '../measure/callers.ts'
import { ableTo, fill, openSlotStores } from './slot-stores.ts'
import { at, mustEqual, SLOTS, spreadPlaces } from './workload.ts'

export function loadByEventId(engine: EngineName): Race {
  return {
    id: `load-by-event-id-${engine}`,
    title: 'loadByEventId',
    engine,
    unit: 'load',
    compares: 'contenders',
    setUp: async (scene) => {
      const places = spreadPlaces(SLOTS, 10)
      const stores = ableTo('loadByEventId', await openSlotStores(engine, scene))
      return Promise.all(
        stores.map(async (store) => {
          const { eventIds, payload } = await fill(store, places)
          const find = (index: number): unknown =>
            store.loadByEventId(at(places, index), at(eventIds, index))
          return {
            ...store,
            run: (operations) => oneCaller(operations, find),
            verify: async () => {
              for (const index of places.keys()) mustEqual(await find(index), payload)
            },
          }
        }),
      )
    },
  }
}
