import type { StateStore } from '@harborage/state'

import { currentBuild } from '../contenders/build.ts'
import type { Payload, Place } from '../contenders/slot-store.ts'
import { newDsn } from '../environment/scene.ts'
import type { Contender, EngineName, Race } from '../measure/benchmark.ts'
import { at, mustEqual, newPayload, newRecords, SLOTS, spreadPlaces } from './workload.ts'

/** The number of concurrent calls. */
const CALLS = 20_000

const places = spreadPlaces(SLOTS, 10)

/** Returns the race of loads that share one signal against loads without a signal. */
export function sharedSignal(engine: EngineName): Race {
  return {
    id: `shared-signal-${engine}`,
    title: 'load, with and without a signal that all calls share',
    engine,
    unit: 'load',
    compares: 'sizes',
    share: 0.5,
    setUp: async (scene) => {
      const state = await currentBuild.openStateStore({ dsn: await newDsn(engine, scene) })
      scene.onEnd(() => state.close())
      const payload = newPayload()
      await Promise.all(newRecords(places, payload).map((record) => state.save(record)))
      return [
        loading(state, payload, 'without a signal', undefined),
        loading(state, payload, 'one signal for all', new AbortController().signal),
      ]
    },
  }
}

function loading(
  state: StateStore,
  payload: Payload,
  name: string,
  signal: AbortSignal | undefined,
): Contender {
  const options = signal === undefined ? {} : { signal }
  const load = ({ identity, kind }: Place) => state.load(identity, kind, options)
  return {
    name,
    leastOperations: CALLS,
    mostOperations: CALLS,
    run: async (operations) => {
      await Promise.all(Array.from({ length: operations }, (_, index) => load(at(places, index))))
    },
    verify: async () => {
      for (const place of places) mustEqual((await load(place))?.bytes, payload)
    },
  }
}
