import type { EventId, HarborageError } from '@harborage/core'
import type {
  NewStateRecord,
  SlotExpectation,
  StateStore,
  StateTransaction,
} from '@harborage/state'
import { retryConflicts } from './conflict-retries.ts'
import { THREAD_KIND } from './kinds.ts'
import type { Thread } from './place.ts'
import { RecentMap } from './recent-map.ts'
import {
  encodeThread,
  newThreadRecord,
  readThread,
  refuseDeleted,
  refuseImporting,
  type ThreadRecord,
} from './thread-record.ts'

/** The largest number of threads whose records are remembered. */
const CAPACITY = 4096

/** What is known of a thread: its record, or that it has none. */
type Known = ThreadRecord | 'absent'

/** Changes of a thread, beside the conditions and records that concern the thread itself. */
export type ThreadChanges = Pick<StateTransaction, 'expect' | 'save' | 'saveIfEmpty'>

/** Work that changes a thread in one commit. It may be attempted several times. */
export interface ThreadWork {
  /** The checkpoints that the changes are about or continue. */
  readonly checkpointIds: readonly (string | undefined)[]
  /** Returns the changes for a thread with this record; `undefined` if there are none. */
  readonly changes: (record: ThreadRecord) => Promise<ThreadChanges | undefined>
  /** Called once the thread was found to be deleted or pruned since its record was read. */
  readonly onThreadChanged: () => void
  /**
   * Called when a condition of the changes is not met. Rejects, or resolves if another attempt is
   * to be made.
   */
  readonly onConflict: (error: HarborageError) => Promise<void>
}

/** The threads that a saver has seen, and the changes that they allow. */
export class Threads {
  readonly #known = new RecentMap<Known>(CAPACITY)
  /** Resolves with the end of each commit that begins a thread, also if it fails. */
  readonly #beginnings = new Map<string, Promise<void>>()

  /**
   * Reads the record of a thread, unless it is known.
   *
   * @returns Whether it was known. If so, nothing that was stored since has been removed, or the
   * next commit finds out.
   */
  async learn(state: StateStore, thread: Thread): Promise<boolean> {
    if (this.#known.get(keyOf(thread)) !== undefined) return true
    await this.#read(state, thread)
    return false
  }

  /** Remembers the record of a thread that was just saved. */
  saved(thread: Thread, record: ThreadRecord): void {
    this.#known.set(keyOf(thread), record)
  }

  /**
   * Commits the changes of a work, if the thread was neither deleted nor pruned since its record
   * was read. If it was, reads the record again and makes another attempt.
   *
   * @throws `thread_deleted` if the thread was deleted after one of the checkpoints was made;
   * `thread_importing` if only a part of it was imported yet.
   */
  async commit(state: StateStore, thread: Thread, work: ThreadWork): Promise<void> {
    await retryConflicts(
      () => this.#attempt(state, thread, work),
      async (error) => {
        if (!isAboutThread(error)) return work.onConflict(error)
        await this.#read(state, thread)
        work.onThreadChanged()
      },
    )
  }

  async #attempt(state: StateStore, thread: Thread, work: ThreadWork): Promise<void> {
    const key = keyOf(thread)
    for (;;) {
      const known = this.#known.get(key)
      const beginning = this.#beginnings.get(key)
      // What begins a thread at the same time would fail.
      if (beginning !== undefined) await beginning
      else if (known === undefined) await this.#read(state, thread)
      else if (known === 'absent') return this.#begin(state, thread, work)
      else return void (await apply(state, thread, work, known))
    }
  }

  async #begin(state: StateStore, thread: Thread, work: ThreadWork): Promise<void> {
    const key = keyOf(thread)
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#beginnings.set(key, promise)
    try {
      const record = newThreadRecord(thread)
      const isBegun = await apply(state, thread, work, record, encodeThread(thread, record))
      if (isBegun) this.#known.set(key, record)
    } finally {
      this.#beginnings.delete(key)
      resolve()
    }
  }

  async #read(state: StateStore, thread: Thread): Promise<Known> {
    const held = await readThread(state, thread.session)
    // It is not remembered: the end of an import is not seen otherwise.
    if (held !== undefined) refuseImporting(held)
    const known = held ?? 'absent'
    this.#known.set(keyOf(thread), known)
    return known
  }
}

/**
 * Commits the changes of a work for a thread with this record.
 *
 * @param begun The content of the thread's slot, if the thread begins.
 * @returns Whether there were changes.
 */
async function apply(
  state: StateStore,
  thread: Thread,
  { checkpointIds, changes }: ThreadWork,
  record: ThreadRecord,
  begun?: NewStateRecord,
): Promise<boolean> {
  refuseDeleted(record, checkpointIds)
  const changed = await changes(record)
  if (changed === undefined) return false
  const { expect = [], save = [], ...others } = changed
  const held = begun === undefined ? record.eventId : null
  await state.commit({
    ...others,
    expect: [expectation(thread, held), ...expect],
    save: begun === undefined ? save : [begun, ...save],
  })
  return true
}

/** Returns the condition that the slot of a thread holds a record, or nothing. */
export function expectation({ session }: Thread, eventId: EventId | null): SlotExpectation {
  return { identity: session, kind: THREAD_KIND, eventId }
}

/** Returns whether a commit failed because the slot of the thread holds something else. */
export function isAboutThread({ entry }: HarborageError): boolean {
  return entry?.list === 'expect' && entry.index === 0
}

function keyOf({ session: { tenantId, userId, sessionId } }: Thread): string {
  return `${tenantId}\0${userId}\0${sessionId}`
}
