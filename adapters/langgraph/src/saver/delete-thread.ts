import { uuid6 } from '@langchain/langgraph-checkpoint'
import { isHarborageError, newEventId } from '@harborage/core'
import { MAX_COMMIT_ENTRIES, type Slot, type StateStore } from '@harborage/state'
import { retryConflicts } from './conflict-retries.ts'
import { CHECKPOINT_PREFIX, CONTENT_PREFIX, parseCheckpointKind } from './kinds.ts'
import type { Thread } from './place.ts'
import type { SaverCall } from './saver-call.ts'
import { encodeThread, hasTime, readThread, type ThreadRecord } from './thread-record.ts'
import { expectation } from './threads.ts'

/**
 * Deletes everything of a thread. What remains is that it was deleted, and when, so that runs that
 * go on do not bring it back.
 *
 * It is one commit, unless the thread has more slots than one commit may empty. Then the thread is
 * marked as deleted first, and emptied in batches.
 */
export async function deleteThread(call: SaverCall, thread: Thread): Promise<void> {
  const { state, threads, stored } = call
  const record = await retryConflicts(async () => {
    const held = await readThread(state, thread.session)
    const deletedUntil = await newestTime(state, thread)
    const deleted = { eventId: newEventId(), threadId: thread.id, deletedUntil }
    await markAndEmpty(state, thread, held, deleted)
    return deleted
  })
  threads.saved(thread, record)
  stored.forget(thread)
}

async function markAndEmpty(
  state: StateStore,
  thread: Thread,
  held: ThreadRecord | undefined,
  record: ThreadRecord,
): Promise<void> {
  const { session } = thread
  const mark = {
    expect: [expectation(thread, held?.eventId ?? null)],
    save: [encodeThread(thread, record)],
  }
  try {
    await state.commit({
      ...mark,
      deletePrefix: [{ identity: session, kindPrefix: CONTENT_PREFIX }],
    })
  } catch (error) {
    if (!isHarborageError(error, 'result_too_large')) throw error
    await state.commit(mark)
    await emptyInBatches(state, thread)
  }
}

async function emptyInBatches(state: StateStore, { session }: Thread): Promise<void> {
  for (;;) {
    const slots: Slot[] = []
    // The newest checkpoints go first, so that what is left looks like an earlier state.
    const options = { order: 'descending', limit: MAX_COMMIT_ENTRIES, pageSize: 1000 } as const
    for await (const { kind } of state.listKeys(session, CONTENT_PREFIX, options)) {
      slots.push({ identity: session, kind })
    }
    if (slots.length === 0) return
    await state.commit({ delete: slots })
  }
}

/** Resolves to an id that sorts after those of all checkpoints that were made until now. */
async function newestTime(state: StateStore, { session }: Thread): Promise<string> {
  let newest = uuid6(0)
  for await (const { kind } of state.listKeys(session, CHECKPOINT_PREFIX, { pageSize: 1000 })) {
    const { id } = parseCheckpointKind(kind)
    // The clock of their writer may be ahead.
    if (id !== undefined && hasTime(id) && id > newest) newest = id
  }
  return newest
}
