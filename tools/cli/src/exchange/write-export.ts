import { createHash } from 'node:crypto'
import { isError } from '@harborage/core/kit'
import { subtreeOf, type Selection } from '../arguments/identity-options.ts'
import { CommandFailure } from '../command-failure.ts'
import type { CommandRun } from '../command.ts'
import { visitPairs, type DumpingStore } from '../copying/dumping-store.ts'
import { walkRecords } from '../copying/walk-records.ts'
import { printableJson } from '../output/printable.ts'
import { Progress } from '../output/progress.ts'
import { countWork } from '../places/count-work.ts'
import type { OpenProfile } from '../places/open-profile.ts'
import type { DumpName } from '../profile/profile.ts'
import { headerOf, MAX_LINE_BYTES, type RecordCounts } from './export-format.ts'
import { jsonOfRecord } from './record-json.ts'

/** Lines are written together up to this many bytes. */
const CHUNK_BYTES = 256 * 1024

/** What an export has. */
export interface Exported {
  readonly records: RecordCounts
  readonly bytes: number
}

/** Writes an export of a selection. It holds one record at a time, and a chunk of lines. */
export async function writeExport(
  run: Pick<CommandRun, 'signal' | 'streams'>,
  { places, stores }: OpenProfile,
  of: Selection,
  write: (chunk: Uint8Array) => Promise<void>,
): Promise<Exported> {
  const totals = await countWork(run, places, 'dumped', of)
  const lines = new LineWriter(write)
  const records: Partial<Record<DumpName, number>> = {}
  await lines.add(headerOf(of))
  await visitPairs(stores, stores, {
    visit: async (store) => {
      // An artifact is of no run.
      if (store.store === 'artifacts' && of.runId !== '') return
      const total = totals.get(store.store)
      const count = await writeStore(run, store, { of, total }, lines)
      if (count > 0) records[store.store] = count
    },
  })
  await lines.add({ end: true, records, sha256: lines.digest() })
  await lines.flush()
  return { records, bytes: lines.bytes }
}

async function writeStore<Dumped extends object, Place extends object>(
  { signal, streams }: Pick<CommandRun, 'signal' | 'streams'>,
  store: DumpingStore<Dumped, Place>,
  { of, total }: { readonly of: Selection; readonly total: number | undefined },
  lines: LineWriter,
): Promise<number> {
  const progress = new Progress(streams.stderr, `exporting ${store.store}`, total)
  let count = 0
  try {
    for await (const record of walkRecords(store, { within: subtreeOf(of), signal })) {
      signal.throwIfAborted()
      await lines.add({ store: store.store, record: jsonOfRecord(record) })
      count += 1
      progress.show(count)
    }
  } finally {
    progress.end()
  }
  return count
}

/** Writes lines of JSON in chunks, with their digest. */
class LineWriter {
  readonly #write: (chunk: Uint8Array) => Promise<void>
  readonly #digest = createHash('sha256')
  #waiting: Buffer[] = []
  #waitingBytes = 0
  /** The bytes of all lines so far. */
  bytes = 0

  constructor(write: (chunk: Uint8Array) => Promise<void>) {
    this.#write = write
  }

  async add(value: object): Promise<void> {
    const line = lineOf(value)
    this.#digest.update(line)
    this.#waiting.push(line)
    this.#waitingBytes += line.byteLength
    this.bytes += line.byteLength
    if (this.#waitingBytes >= CHUNK_BYTES) await this.flush()
  }

  /** Returns the digest of all lines so far, in hex. */
  digest(): string {
    return this.#digest.copy().digest('hex')
  }

  async flush(): Promise<void> {
    const chunk = Buffer.concat(this.#waiting, this.#waitingBytes)
    this.#waiting = []
    this.#waitingBytes = 0
    await this.#write(chunk)
  }
}

function lineOf(value: object): Buffer {
  try {
    const line = Buffer.from(`${printableJson(value)}\n`)
    if (line.byteLength <= MAX_LINE_BYTES) return line
  } catch (error) {
    // The text would be longer than any can be.
    if (!isError(error) || error.name !== 'RangeError') throw error
  }
  throw new CommandFailure(
    'failed',
    `a conversation or a collection of passages is larger than a line of ${MAX_LINE_BYTES} bytes: move it with harborage copy`,
  )
}
