import type { CommandRun } from '../command.ts'
import { Progress } from '../output/progress.ts'
import { dumpNames, type DumpName } from '../profile/profile.ts'
import type { CopyMarker } from './copy-marker.ts'
import { maintenance, type DumpingStore } from './dumping-store.ts'
import { walkRecords } from './walk-records.ts'

/** The largest batch: of records, and of the bytes that they approximately hold. */
const MAX_RECORDS = 500
const MAX_BYTES = 8 * 1024 * 1024

/** What was copied of a store. */
export interface CopiedStore {
  readonly store: DumpName
  /** The records that were loaded. Those of an earlier run of the same copy are not counted. */
  readonly loaded: number
}

/** How a store is copied. */
interface CopyingStore {
  readonly marker: CopyMarker
  /** The number of its records, if it is known. */
  readonly total?: number | undefined
}

/** Copies the records of a store that a copy has not copied yet, in batches. */
export async function copyStore<Dumped extends object, Place extends object>(
  { signal, streams }: Pick<CommandRun, 'signal' | 'streams'>,
  from: DumpingStore<Dumped, Place>,
  to: DumpingStore<Dumped, Place>,
  { marker, total }: CopyingStore,
): Promise<CopiedStore> {
  const { store, placeOf, sizeOf } = from
  const { begun } = marker
  const isDone = begun !== undefined && dumpNames.indexOf(begun.store) > dumpNames.indexOf(store)
  if (isDone) return { store, loaded: 0 }
  // The marker has what `placeOf` returned. The store checks it.
  const after = begun?.store === store ? (begun.after as Place | undefined) : undefined
  // Of a part that is left, the number is not known.
  const left = after === undefined ? total : undefined
  const progress = new Progress(streams.stderr, `copying ${store}`, left)
  let loaded = 0
  let batch: Dumped[] = []
  const load = async (): Promise<void> => {
    const last = batch.at(-1)
    if (last === undefined) return
    loaded += (await to.dumps.loadDump(maintenance, batch)).loaded
    batch = []
    await marker.save({ store, after: placeOf(last) })
    progress.show(loaded)
    signal.throwIfAborted()
  }
  try {
    let bytes = 0
    for await (const record of walkRecords(from, {
      signal,
      ...(after !== undefined && { after }),
    })) {
      batch.push(record)
      bytes += sizeOf(record)
      if (batch.length < MAX_RECORDS && bytes < MAX_BYTES) continue
      await load()
      bytes = 0
    }
    await load()
  } finally {
    progress.end()
  }
  return { store, loaded }
}
