import type { EngineName, Race } from '../measure/benchmark.ts'
import { callersAtOnce, enoughFor } from '../measure/callers.ts'
import { fill, openSlotStores } from './slot-stores.ts'
import { at, mustEqual, SLOTS, spreadPlaces } from './workload.ts'

export function load(engine: EngineName, callers: number): Race {
  return {
    id: `load-${callers}-${engine}`,
    title: callers === 1 ? 'load' : `load, ${callers} callers`,
    engine,
    unit: 'load',
    compares: 'contenders',
    setUp: async (scene) => {
      const places = spreadPlaces(SLOTS, 10)
      return Promise.all(
        (await openSlotStores(engine, scene)).map(async (store) => {
          const { payload } = await fill(store, places)
          return {
            ...store,
            leastOperations: enoughFor(callers),
            run: (operations) =>
              callersAtOnce(callers, operations, (index) => store.load(at(places, index))),
            verify: async () => {
              for (const place of places) mustEqual(await store.load(place), payload)
            },
          }
        }),
      )
    },
  }
}
