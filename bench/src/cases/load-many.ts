import type { StateStore } from '@harborage/state'

import { currentBuild } from '../contenders/build.ts'
import type { Payload, Place } from '../contenders/slot-store.ts'
import { newDsn } from '../environment/scene.ts'
import type { Contender, EngineName, Race } from '../measure/benchmark.ts'
import { oneCaller } from '../measure/callers.ts'
import { at, mustEqual, newPayload, newRecords, placesOfOneSession, SLOTS } from './workload.ts'

/** The number of slots that are read together. */
const READ = 10

/** Reads slots, and resolves to their bytes. */
type ReadSlots = (places: readonly Place[]) => Promise<readonly (Uint8Array | undefined)[]>

/** Returns the race of `loadMany` of ten slots against ten loads. */
export function loadMany(engine: EngineName): Race {
  return {
    id: `load-many-${engine}`,
    title: 'loadMany of 10, and 10 loads',
    engine,
    unit: '10 slots',
    compares: 'sizes',
    share: 0.5,
    setUp: async (scene) => {
      const state = await currentBuild.openStateStore({ dsn: await newDsn(engine, scene) })
      scene.onEnd(() => state.close())
      const places = placesOfOneSession(SLOTS)
      const payload = newPayload()
      await state.commit({ save: newRecords(places, payload) })
      const reading = (name: string, read: ReadSlots) => readingTens(places, payload, name, read)
      return [
        reading('10 awaited loads', (tens) => loadInTurn(state, tens)),
        reading('10 loads at once', (tens) =>
          Promise.all(
            tens.map(async ({ identity, kind }) => (await state.load(identity, kind))?.bytes),
          ),
        ),
        reading('loadMany', async (tens) => {
          const records = await state.loadMany(
            tens.map(({ identity, kind }) => ({ identity, kind })),
          )
          return records.map((record) => record?.bytes)
        }),
      ]
    },
  }
}

async function loadInTurn(
  state: StateStore,
  places: readonly Place[],
): Promise<(Uint8Array | undefined)[]> {
  const found: (Uint8Array | undefined)[] = []
  for (const { identity, kind } of places) found.push((await state.load(identity, kind))?.bytes)
  return found
}

function readingTens(
  places: readonly Place[],
  payload: Payload,
  name: string,
  read: ReadSlots,
): Contender {
  // The slots of a call are apart, so that they are not in one page.
  const tens = Array.from({ length: SLOTS / READ }, (_, first) =>
    Array.from({ length: READ }, (__, index) => at(places, first + (index * SLOTS) / READ)),
  )
  return {
    name,
    run: (operations) => oneCaller(operations, (index) => read(at(tens, index))),
    verify: async () => {
      for (const ten of tens) {
        const found = await read(ten)
        for (const index of ten.keys()) mustEqual(found[index], payload)
      }
    },
  }
}
