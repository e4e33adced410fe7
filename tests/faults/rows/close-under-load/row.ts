import type { FaultRow, Figures, RowRun } from '../../harness/fault-row.ts'
import { isNoticed, sumOf } from '../../harness/figures.ts'
import { freshDatabase } from '../../harness/postgres.ts'
import { brokenBuilds } from './broken-builds.ts'
import { closeUnderLoad } from './close-under-load.ts'
import { OPERATIONS } from './operations.ts'
import { places } from './places.ts'

const AT_ONCE = 2

export const closing: FaultRow = {
  name: 'close under load',
  how: `close while ${OPERATIONS} operations are in flight, on all stores, both engines and files; summaries being written, failing and hanging`,
  checked:
    'each call finishes and is then there, or is `store_closed` and is not; the process exits by itself',
  unit: 'closes',
  full: 200,
  slice: 6,
  tools: [],
  brokenBuilds,
  run,
}

async function run({ rounds, brokenBuild, progress }: RowRun): Promise<Figures> {
  const dsn = await freshDatabase()
  const found: Figures[] = []
  let begun = 0
  const closeNext = async (): Promise<void> => {
    while (begun < rounds && !isNoticed(brokenBuild, found)) {
      const seed = begun
      begun += 1
      const place = places[seed % places.length] ?? 'in memory'
      found.push(await closeUnderLoad(place, seed, dsn, brokenBuild))
      progress(found.length)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, closeNext))
  return sumOf(found)
}
