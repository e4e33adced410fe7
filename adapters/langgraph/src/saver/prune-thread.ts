import { HarborageError, isHarborageError, newEventId } from '@harborage/core'
import { MAX_COMMIT_ENTRIES } from '@harborage/state'
import { retryConflicts } from './conflict-retries.ts'
import type { Thread } from './place.ts'
import { planPruning, type PruningPlan } from './pruning-plan.ts'
import type { SaverCall } from './saver-call.ts'
import { encodeThread, readThread, refuseImporting, type ThreadRecord } from './thread-record.ts'
import { expectation, isAboutThread } from './threads.ts'

/** What was removed from a thread. */
export interface PruneResult {
  /** The number of checkpoints. */
  readonly checkpoints: number
  /** The number of large values that no other checkpoint had. */
  readonly values: number
}

/** One condition of a commit is about the thread itself. */
const BATCH = MAX_COMMIT_ENTRIES - 1

/**
 * Removes all but the newest checkpoints of each namespace, and the large values that no remaining
 * checkpoint has.
 *
 * While values are removed, the thread says so. Checkpoints that are saved meanwhile save their
 * large values again. That is noticed here, since each value is removed on the condition that it
 * was not saved again.
 */
export async function pruneThread(
  call: SaverCall,
  thread: Thread,
  keepLatest: number,
): Promise<PruneResult> {
  const record = await readThread(call.state, thread.session)
  if (record === undefined) return { checkpoints: 0, values: 0 }
  try {
    const plan = await planPruning(call, thread, keepLatest)
    await removeCheckpoints(call, thread, record, plan)
    if (plan.values.length === 0) return { checkpoints: plan.checkpoints, values: 0 }
    const { checkpoints, values } = await removeWithValues(call, thread, keepLatest)
    return { checkpoints: plan.checkpoints + checkpoints, values }
  } catch (error) {
    if (isHarborageError(error, 'condition_failed') && isAboutThread(error))
      throw interrupted(error)
    throw error
  }
}

/** Removes what is to be removed by now, and the values that no remaining checkpoint has. */
async function removeWithValues(
  call: SaverCall,
  thread: Thread,
  keepLatest: number,
): Promise<PruneResult> {
  const pruning = await begin(call, thread)
  let checkpoints = 0
  const values = await retryConflicts(
    async () => {
      const plan = await planPruning(call, thread, keepLatest)
      await removeCheckpoints(call, thread, pruning, plan)
      checkpoints += plan.checkpoints
      await removeValues(call, thread, pruning, plan)
      return plan.values.length
    },
    async (error) => {
      if (isAboutThread(error)) throw error
    },
  )
  await end(call, thread, pruning)
  return { checkpoints, values }
}

/** Marks the thread. */
async function begin({ state, threads, stored }: SaverCall, thread: Thread): Promise<ThreadRecord> {
  const marked = await retryConflicts(async () => {
    const held = await readThread(state, thread.session)
    if (held !== undefined) refuseImporting(held)
    const pruning = { threadId: thread.id, ...held, eventId: newEventId(), isPruning: true }
    await state.commit({
      expect: [expectation(thread, held?.eventId ?? null)],
      save: [encodeThread(thread, pruning)],
    })
    return pruning
  })
  threads.saved(thread, marked)
  stored.forget(thread)
  return marked
}

/** Removes the mark. Writers that read the thread meanwhile read it again. */
async function end(
  { state, threads, stored }: SaverCall,
  thread: Thread,
  pruning: ThreadRecord,
): Promise<void> {
  const record = { ...pruning, eventId: newEventId(), isPruning: false }
  await state.commit({
    expect: [expectation(thread, pruning.eventId)],
    save: [encodeThread(thread, record)],
  })
  threads.saved(thread, record)
  stored.forget(thread)
}

async function removeCheckpoints(
  { state, stored }: SaverCall,
  thread: Thread,
  { eventId }: ThreadRecord,
  { kinds }: PruningPlan,
): Promise<void> {
  for (let from = 0; from < kinds.length; from += BATCH) {
    const batch = kinds.slice(from, from + BATCH)
    await state.commit({
      expect: [expectation(thread, eventId)],
      delete: batch.map((kind) => ({ identity: thread.session, kind })),
    })
  }
  // The last one that was read may be among them.
  if (kinds.length > 0) stored.forget(thread)
}

async function removeValues(
  { state }: SaverCall,
  thread: Thread,
  { eventId }: ThreadRecord,
  { values }: PruningPlan,
): Promise<void> {
  for (let from = 0; from < values.length; from += BATCH) {
    const batch = values.slice(from, from + BATCH).map(({ kind, eventId: held }) => ({
      identity: thread.session,
      kind,
      eventId: held,
    }))
    await state.commit({
      expect: [expectation(thread, eventId), ...batch],
      delete: batch.map(({ identity, kind }) => ({ identity, kind })),
    })
  }
}

function interrupted(cause: unknown): HarborageError {
  return new HarborageError(
    'condition_failed',
    'the thread was deleted or pruned by another call meanwhile: nothing that is in use was removed. Call again',
    { cause },
  )
}
