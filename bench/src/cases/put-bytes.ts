import type { EngineName, Race } from '../measure/benchmark.ts'
import { oneCaller } from '../measure/callers.ts'
import { differentBlobs, MAX_SLICE_BYTES, mustBeSame, sizeId, sizeTitle } from './artifact-sizes.ts'
import { openBlobStores } from './blob-stores.ts'
import { at } from './workload.ts'

export function putBytes(engine: EngineName, bytes: number): Race {
  return {
    id: `put-${sizeId(bytes)}-${engine}`,
    title: `putBytes, ${sizeTitle(bytes)}`,
    engine,
    unit: 'put',
    compares: 'contenders',
    setUp: async (scene) =>
      (await openBlobStores(engine, scene)).map((store) => {
        let blobs: readonly Uint8Array[] = []
        let names: string[] = []
        return {
          ...store,
          mostOperations: Math.min(2000, MAX_SLICE_BYTES / bytes),
          prepare: async (operations) => {
            await store.clear()
            blobs = differentBlobs(operations, bytes)
            names = []
          },
          run: (operations) =>
            oneCaller(operations, async (index) => {
              names.push(await store.put(at(blobs, index)))
            }),
          verify: async () => {
            for (const [index, name] of names.entries()) {
              mustBeSame(await store.get(name), at(blobs, index))
            }
          },
        }
      }),
  }
}
