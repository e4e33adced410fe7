import type { EngineName, Race } from '../measure/benchmark.ts'
import { oneCaller } from '../measure/callers.ts'
import { differentBlobs, mustBeSame, sizeId, sizeTitle } from './artifact-sizes.ts'
import { openBlobStores } from './blob-stores.ts'
import { at } from './workload.ts'

const ARTIFACTS = 16

export function getBytes(engine: EngineName, bytes: number): Race {
  return {
    id: `get-${sizeId(bytes)}-${engine}`,
    title: `get, ${sizeTitle(bytes)}`,
    engine,
    unit: 'get',
    compares: 'contenders',
    setUp: async (scene) =>
      Promise.all(
        (await openBlobStores(engine, scene)).map(async (store) => {
          const blobs = differentBlobs(ARTIFACTS, bytes)
          const names: string[] = []
          for (const blob of blobs) names.push(await store.put(blob))
          return {
            ...store,
            run: (operations) => oneCaller(operations, (index) => store.get(at(names, index))),
            verify: async () => {
              for (const [index, name] of names.entries()) {
                mustBeSame(await store.get(name), at(blobs, index))
              }
            },
          }
        }),
      ),
  }
}
