import { currentBuild } from '../contenders/build.ts'
import { runScript } from '../figures/run-script.ts'
import type { EngineName, Figure, Survey } from '../measure/benchmark.ts'
import type { GrownStores, Size } from './grown-stores.ts'

interface Listed {
  readonly records: number
  readonly rssMiB: number
  readonly heapMiB: number
}

/** Measures the memory of a process that lists all records and does nothing else. */
export function listingMemory(engine: EngineName, size: Size, grown: GrownStores): Survey {
  const { records } = size
  return {
    id: `listing-memory-${engine}`,
    title: `memory while listing ${records.toLocaleString('en')} records, ${engine}`,
    long: true,
    measure: async (scene): Promise<readonly Figure[]> => {
      const dsn = await grown.open(currentBuild, engine, size, scene.signal)
      const listed = (await runScript('listing-process.ts', [dsn], {
        signal: scene.signal,
        flags: ['--expose-gc'],
      })) as Listed
      if (listed.records !== records) {
        throw new Error(`${listed.records} of ${records} records were listed`)
      }
      return [
        { label: 'records listed', value: listed.records, unit: 'records' },
        { label: 'peak resident memory above the start', value: listed.rssMiB, unit: 'MiB' },
        { label: 'peak heap and buffers above the start', value: listed.heapMiB, unit: 'MiB' },
      ]
    },
  }
}
