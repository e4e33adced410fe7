import type { Build } from '../contenders/build.ts'
import { harborageSlots } from '../contenders/harborage.ts'
import type { Scene } from '../environment/scene.ts'
import type { Contender, EngineName, Race } from '../measure/benchmark.ts'
import { oneCaller } from '../measure/callers.ts'
import { scatteredPlaces, type GrownStores, type Size } from './grown-stores.ts'
import { at, mustEqual, newEventIds, newPayload } from './workload.ts'

export type GrowingWork = 'save' | 'load'

/**
 * Returns the race of several sizes, or of several builds at one size. The cost should grow with
 * neither the records nor the tenants.
 */
export function growth(
  engine: EngineName,
  work: GrowingWork,
  by: keyof Size,
  sizes: readonly Size[],
  grown: GrownStores,
): Race {
  return {
    id: `${work}-by-${by}-${engine}`,
    title: `${work} by number of ${by}`,
    engine,
    unit: work,
    compares: sizes.length === 1 ? 'contenders' : 'sizes',
    share: 0.7,
    long: true,
    setUp: async (scene) => {
      const contenders: Contender[] = []
      for (const size of sizes) {
        for (const build of scene.builds) {
          const dsn = await grown.open(build, engine, size, scene.signal)
          const name = sizes.length === 1 ? build.name : `${size[by].toLocaleString('en')} ${by}`
          contenders.push({ ...(await touching(work, build, dsn, size, scene)), name })
        }
      }
      return contenders
    },
  }
}

async function touching(
  work: GrowingWork,
  build: Build,
  dsn: string,
  size: Size,
  scene: Scene,
): Promise<Omit<Contender, 'name'>> {
  const store = await harborageSlots(build, dsn)
  scene.onEnd(() => store.close())
  const touched = scatteredPlaces(size)
  let next = 0
  if (work === 'load') {
    return {
      run: (operations) => oneCaller(operations, () => store.load(at(touched, next++))),
      verify: async () => {
        for (const place of touched) {
          if ((await store.load(place)) === undefined) throw new Error('a record is missing')
        }
      },
    }
  }
  const payload = newPayload()
  let eventIds = newEventIds(0)
  let written = at(touched, 0)
  return {
    prepare: async (operations) => {
      eventIds = newEventIds(operations)
    },
    run: (operations) =>
      oneCaller(operations, (index) => {
        written = at(touched, next++)
        return store.save({ place: written, eventId: at(eventIds, index), payload })
      }),
    verify: async () => mustEqual(await store.load(written), payload),
  }
}
