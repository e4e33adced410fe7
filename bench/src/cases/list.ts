import type { EngineName, Race } from '../measure/benchmark.ts'
import { oneCaller } from '../measure/callers.ts'
import { ableTo, fill, openSlotStores } from './slot-stores.ts'
import { at, placesOfOneSession } from './workload.ts'

const RECORDS = 10_000

export function list(engine: EngineName): Race {
  return {
    id: `list-10000-${engine}`,
    title: 'list of 10,000',
    engine,
    unit: 'list',
    compares: 'contenders',
    setUp: async (scene) => {
      const places = placesOfOneSession(RECORDS)
      const { identity } = at(places, 0)
      const stores = ableTo('list', await openSlotStores(engine, scene))
      return Promise.all(
        stores.map(async (store) => {
          await fill(store, places)
          return {
            ...store,
            run: (operations) => oneCaller(operations, () => store.list(identity)),
            verify: async () => {
              const found = await store.list(identity)
              if (found !== RECORDS) throw new Error(`${found} of ${RECORDS} records were listed`)
            },
          }
        }),
      )
    },
  }
}
