import type { EventId } from '@harborage/core'

import { currentBuild } from '../contenders/build.ts'
import { harborageSlots } from '../contenders/harborage.ts'
import { newDsn } from '../environment/scene.ts'
import type { Contender, EngineName, Race } from '../measure/benchmark.ts'
import { fill } from './slot-stores.ts'
import { at, mustEqual, newEventIds, newPayload, spreadPlaces } from './workload.ts'

/** Returns the race of saves that are all called at once. Their number should not cost time. */
export function waitingSaves(engine: EngineName, sizes: readonly number[]): Race {
  return {
    id: `waiting-saves-${engine}`,
    title: 'save by number of waiting calls',
    engine,
    unit: 'save',
    compares: 'sizes',
    share: 0.5,
    long: true,
    setUp: async (scene) => {
      const contenders: Contender[] = []
      const all = spreadPlaces(Math.max(...sizes), 10)
      for (const waiting of sizes) {
        const store = await harborageSlots(currentBuild, await newDsn(engine, scene))
        scene.onEnd(() => store.close())
        // All databases have the same content: only the number of waiting calls differs.
        await fill(store, all)
        const places = all.slice(0, waiting)
        let eventIds: readonly EventId[] = []
        let payload = newPayload()
        contenders.push({
          name: `${waiting.toLocaleString('en')} waiting calls`,
          leastOperations: waiting,
          mostOperations: waiting,
          prepare: async () => {
            eventIds = newEventIds(waiting)
            payload = newPayload()
          },
          run: async () => {
            await Promise.all(
              places.map((place, index) =>
                store.save({ place, eventId: at(eventIds, index), payload }),
              ),
            )
          },
          verify: async () => {
            for (const place of places) mustEqual(await store.load(place), payload)
          },
        })
      }
      return contenders
    },
  }
}
