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

/** Lines of an export, by their numbers. */
export interface LinesOfFile {
  readonly first: number
  readonly last: number
}

/** What was loaded so far. */
export interface Loaded {
  /** The records that were not there, of the batches that ended. */
  loaded: number
  /** The records that were there, of the batches that ended. */
  unchanged: number
  /** The lines of a batch that began and has not ended: a part of them may be loaded. */
  begun: LinesOfFile | undefined
}

/** Where an export is loaded. */
export interface LoadTarget {
  readonly stores: OpenStores
  readonly tenantId: string
  /** The number of records of the export, if it is known. */
  readonly total: number | undefined
}

/**
 * Loads the records of an export for a tenant, in batches. It ends after the current batch when the
 * command is stopped.
 *
 * @param made Counts what was loaded, also if it fails.
 * @throws CommandFailure with the number of a line that is malformed or whose place is in use.
 */
export async function loadExport(
  { signal, streams }: Pick<CommandRun, 'signal' | 'streams'>,
  input: AsyncIterable<Uint8Array>,
  { stores, tenantId, total }: LoadTarget,
  made: Loaded,
): Promise<RecordCounts> {
  const loaders = loadersOf(stores)
  const progress = new Progress(streams.stderr, 'importing', total)
  const records = readExport(input)
  let batch: ExportedRecord[] = []
  let bytes = 0
  const load = async (): Promise<void> => {
    const [first, last] = [batch[0], batch.at(-1)]
    if (first === undefined || last === undefined) return
    const loader = loaders[first.store]
    if (loader === undefined) throw withoutTables(first)
    made.begun = { first: first.line, last: last.line }
    const { loaded, unchanged } = await loadBatch(loader, batch, tenantId)
    made.begun = undefined
    made.loaded += loaded
    made.unchanged += unchanged
    batch = []
    bytes = 0
    progress.show(made.loaded + made.unchanged)
  }
  try {
    for (;;) {
      signal.throwIfAborted()
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

function withoutTables({ line, store }: ExportedRecord): CommandFailure {
  return new CommandFailure(
    'failed',
    `line ${line} is of the ${store} store, which has no tables in the target: make them with harborage migrate`,
  )
}

async function loadBatch(
  loader: Loader,
  batch: readonly ExportedRecord[],
  tenantId: string,
): Promise<LoadedDump> {
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
