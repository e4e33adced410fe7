import { type CallOptions, type EventId, isHarborageError, newEventId } from '@harborage/core'
import { CHECKPOINT_PREFIX, checkpointKind } from '../saver/kinds.ts'
import { compareText } from '../saver/compare-text.ts'
import type { Thread } from '../saver/place.ts'
import type { SaverCall } from '../saver/saver-call.ts'
import { encodeThread, newThreadRecord, type ThreadRecord } from '../saver/thread-record.ts'
import { expectation, isAboutThread } from '../saver/threads.ts'
import { CheckpointSlots } from './checkpoint-records.ts'
import { ImportError } from './import-error.ts'
import { type HeldThread, heldThread, importRecord } from './import-record.ts'
import { withNumberedVersions } from './numbered-versions.ts'
import { type Batch, type BatchCounts, RecordBatch } from './record-batch.ts'
import type { CheckpointName, SourceCheckpoint, ThreadSource } from './thread-source.ts'

/** The number of checkpoints that are read at the same time. */
const READ_AHEAD = 8
/** The largest number of attempts while others import or delete the thread. */
const MAX_ATTEMPTS = 8

/** What became of a thread. */
export type ThreadOutcome = 'imported' | 'already imported' | 'deleted' | 'not found'

/** A thread to import. */
export interface ThreadImport {
  readonly source: ThreadSource
  /** The id of the thread in the source and for the framework. */
  readonly threadId: string
  readonly thread: Thread
  /** Called after each commit. */
  readonly onCommit: (counts: BatchCounts) => void
  readonly options: CallOptions
}

/**
 * Imports a thread, or goes on with its import.
 *
 * While only a part of it is there, the thread says that it is being imported, so that no run goes
 * on with that part. A thread that fits in one commit is imported as a whole.
 *
 * @throws `thread_exists` if there is a thread that this import did not begin.
 */
export async function importThread(call: SaverCall, given: ThreadImport): Promise<ThreadOutcome> {
  const { source, thread, threadId } = given
  for (let attempt = 1; ; attempt += 1) {
    const held = await heldThread(call.state, thread)
    if (held.state === 'imported') return 'already imported'
    if (held.state === 'deleted') return 'deleted'
    const names = oldestFirst(await source.checkpointNames(threadId))
    const [first] = names
    if (first === undefined) return 'not found'
    try {
      await new ThreadCopy(call, given, first.id, begun(held, given, first.id)).run(names)
      return 'imported'
    } catch (error) {
      const isChanged = isHarborageError(error, 'condition_failed') && isAboutThread(error)
      if (!isChanged || attempt === MAX_ATTEMPTS) throw error
    }
  }
}

/**
 * Returns the record of a thread whose import has begun, or `undefined` if nothing is there.
 *
 * @throws `thread_exists`
 */
function begun(
  held: HeldThread,
  { threadId }: ThreadImport,
  first: string,
): ThreadRecord | undefined {
  if (held.state === 'absent') return undefined
  if (held.state === 'begun' && held.first === first) return held.record
  throw new ImportError(
    'thread_exists',
    `the saver has ${held.state === 'begun' ? 'a part of another import of the thread' : 'the thread already'}: leave it out, or erase its session with deleteAll() first`,
    { threadId },
  )
}

/** Copies what is missing of one thread. */
class ThreadCopy {
  readonly #call: SaverCall
  readonly #given: ThreadImport
  /** The first checkpoint, which identifies the import. */
  readonly #first: string
  /** The event id that the slot of the thread holds. */
  #eventId: EventId | null
  readonly #isBegun: boolean

  constructor(
    call: SaverCall,
    given: ThreadImport,
    first: string,
    record: ThreadRecord | undefined,
  ) {
    this.#call = call
    this.#given = given
    this.#first = first
    this.#eventId = record?.eventId ?? null
    this.#isBegun = record !== undefined
  }

  async run(names: readonly CheckpointName[]): Promise<void> {
    const missing = this.#isBegun ? await this.#missing(names) : names
    const slots = new CheckpointSlots(this.#call, this.#given.thread)
    const batch = new RecordBatch()
    for (let from = 0; from < missing.length; from += READ_AHEAD) {
      const some = missing.slice(from, from + READ_AHEAD)
      const sources = await Promise.all(some.map((name) => this.#read(name)))
      for (const [name, source] of sources) {
        for (const full of batch.add(await slots.of(name, source))) await this.#commit(full)
      }
    }
    await this.#commit(batch.take(), true)
  }

  /** Returns the checkpoints that are not there. */
  async #missing(names: readonly CheckpointName[]): Promise<readonly CheckpointName[]> {
    const { thread, options } = this.#given
    const kinds = new Set<string>()
    const keys = this.#call.state.listKeys(thread.session, CHECKPOINT_PREFIX, {
      ...options,
      pageSize: 1000,
    })
    for await (const { kind } of keys) kinds.add(kind)
    return names.filter(({ namespace, id }) => !kinds.has(checkpointKind(namespace, id)))
  }

  async #read(name: CheckpointName): Promise<[CheckpointName, SourceCheckpoint]> {
    const { source, threadId } = this.#given
    const { checkpoint, ...others } = await source.readCheckpoint(threadId, name)
    return [name, { ...others, checkpoint: withNumberedVersions(threadId, checkpoint) }]
  }

  async #commit({ save, saveIfEmpty, counts }: Batch, isLast = false): Promise<void> {
    const { thread, options, onCommit } = this.#given
    const { state, threads, stored } = this.#call
    const record = newThreadRecord(thread)
    const mark = { ...record, eventId: newEventId(), importing: this.#first }
    const expected = this.#eventId
    const changed = isLast ? record : expected === null ? mark : undefined
    await state.commit(
      {
        expect: [expectation(thread, expected)],
        save: [
          ...(changed === undefined ? [] : [encodeThread(thread, changed)]),
          ...(isLast ? [importRecord(thread, this.#first)] : []),
          ...save,
        ],
        saveIfEmpty,
      },
      options,
    )
    if (changed !== undefined) this.#eventId = changed.eventId
    if (isLast) {
      threads.saved(thread, record)
      stored.forget(thread)
    }
    onCommit(counts)
  }
}

function oldestFirst(names: readonly CheckpointName[]): readonly CheckpointName[] {
  return names.toSorted(
    (one, other) => compareText(one.id, other.id) || compareText(one.namespace, other.namespace),
  )
}
