import { isHarborageError, type LoadedDump } from '@harborage/core'
import { CommandFailure } from '../command-failure.ts'
import type { CommandRun } from '../command.ts'
import { maintenance, type Dumps } from '../copying/dumping-store.ts'
import { Progress } from '../output/progress.ts'
import type { OpenStores } from '../places/open-place.ts'
import type { DumpName } from '../profile/profile.ts'
import type { RecordCounts } from './export-format.ts'
import { malformed, readExport, type ExportedRecord } from './read-export.ts'
import { recordOfJson } from './record-json.ts'

/** The largest batch: of records, and of the bytes of their lines. */
const MAX_RECORDS = 500
const MAX_BYTES = 8 * 1024 * 1024

/** Loads records of a dump. */
type Loader = (records: readonly unknown[]) => Promise<LoadedDump>

/** What was loaded so far. */
export interface Loaded {
  loaded: number
  unchanged: number
}

/** Where an export is loaded. */
export interface LoadTarget {
  readonly stores: OpenStores
  readonly tenantId: string
  /** The number of records of the export, if it is known. */
  readonly total?: number
}

/**
 * Loads the records of an export for a tenant, in batches. It ends after the current batch when the
 * command is stopped.
 *
 * @param loaded Counts what was loaded, also if it fails.
 * @throws CommandFailure with the number of a line that is malformed or whose place is in use.
 */
export async function loadExport(
  { signal, streams }: Pick<CommandRun, 'signal' | 'streams'>,
  input: AsyncIterable<Uint8Array>,
  { stores, tenantId, total }: LoadTarget,
  loaded: Loaded,
): Promise<RecordCounts> {
  const loaders = loadersOf(stores)
  const progress = new Progress(streams.stderr, 'importing', total)
  const records = readExport(input)
  let batch: ExportedRecord[] = []
  let bytes = 0
  const load = async (): Promise<void> => {
    const [first] = batch
    if (first === undefined) return
    const answer = await loadBatch(loaders[first.store], batch, tenantId)
    loaded.loaded += answer.loaded
    loaded.unchanged += answer.unchanged
    batch = []
    bytes = 0
    progress.show(loaded.loaded + loaded.unchanged)
    signal.throwIfAborted()
  }
  try {
    for (;;) {
      const next = await records.next()
      if (next.done === true) {
        await load()
        return next.value
      }
      const record = next.value
      if (batch[0] !== undefined && batch[0].store !== record.store) await load()
      batch.push(record)
      bytes += record.bytes
      if (batch.length >= MAX_RECORDS || bytes >= MAX_BYTES) await load()
    }
  } finally {
    progress.end()
    await records.return({})
  }
}

function loadersOf({
  state,
  artifacts,
  memory,
  journal,
}: OpenStores): Readonly<Record<DumpName, Loader | undefined>> {
  return {
    state: state && loaderOf(state),
    artifacts: artifacts && loaderOf(artifacts),
    memory: memory && loaderOf(memory.store),
    passages: memory && loaderOf(memory.store.passages),
    journal: journal && loaderOf(journal),
  }
}

function loaderOf<Dumped, Place>(dumps: Dumps<Dumped, Place>): Loader {
  // The store checks them.
  return (records) => dumps.loadDump(maintenance, records as readonly Dumped[])
}

async function loadBatch(
  loader: Loader | undefined,
  batch: readonly ExportedRecord[],
  tenantId: string,
): Promise<LoadedDump> {
  if (loader === undefined) {
    const { line, store } = batch[0] ?? { line: 0, store: '' }
    throw new CommandFailure(
      'failed',
      `line ${line} is of the ${store} store, which has no tables in the target: make them with harborage migrate`,
    )
  }
  try {
    return await loader(batch.map(({ store, json }) => recordOfJson(store, json, tenantId)))
  } catch (error) {
    const index = isHarborageError(error) ? error.entry?.index : undefined
    const line = index === undefined ? undefined : batch[index]?.line
    if (!isHarborageError(error) || line === undefined) throw error
    if (error.code !== 'dump_conflict') {
      throw malformed(line, `is refused by the store (${error.code})`)
    }
    throw new CommandFailure(
      'failed',
      `line ${line}: its place holds something else, which stays. Import into an empty tenant, or into the one where this file was imported before`,
    )
  }
}
