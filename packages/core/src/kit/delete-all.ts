import type { DeleteAllOptions, DeleteAllResult } from '../deletion.ts'
import { checkSubtree, type Subtree, type SubtreeLevel } from '../subtree.ts'
import { abortReason, isAborted } from './abort-signal.ts'
import { checkSignal, KnownNames } from './argument-checks.ts'
import type { CheckedCall } from './call-gate.ts'
import { turnIfHeld } from './event-loop-turn.ts'
import { checkOnProgress, report } from './progress.ts'
import type { StepSide } from './steps/step-side.ts'

/** The largest number of records of a user or a tenant that are deleted in one step. */
const MAX_BATCH = 1_000

/** The checked arguments of a `deleteAll`. */
export interface CheckedDeleteAll<Level extends SubtreeLevel = SubtreeLevel> extends CheckedCall {
  readonly subtree: Subtree<Level>
  readonly onProgress: DeleteAllOptions['onProgress']
}

const names = new KnownNames('options', ['signal', 'onProgress'])

/**
 * Checks the arguments of a `deleteAll`.
 *
 * @param levels The levels of subtrees that the store knows. Default: all.
 * @throws `subtree_required`, `identity_required` and `invalid_identity` as `checkSubtree`;
 * `invalid_record` if an option is malformed or unknown.
 */
export function checkDeleteAll<Level extends SubtreeLevel>(
  subtree: Subtree<Level>,
  options: DeleteAllOptions | undefined,
  levels?: readonly Level[],
): CheckedDeleteAll<Level> {
  const checked = checkSubtree(subtree, levels)
  const signal = checkSignal(options, names)
  return { subtree: checked, signal, onProgress: checkOnProgress(options?.onProgress) }
}

/** What a `deleteAll` needs of a driver. */
export interface SubtreeDeletion<Place> {
  /** Deletes all of a run or a session in one atomic step, and resolves to the number. */
  deleteAll(subtree: Subtree<'run' | 'session'>): Promise<number>
  /** Deletes the next batch of a user or a tenant in one atomic step. */
  deleteBatch(batch: {
    readonly subtree: Subtree<'user' | 'tenant'>
    /** The `last` of the previous batch, or `undefined` for the first batch. */
    readonly after: Place | undefined
    readonly limit: number
  }): Promise<{
    readonly deleted: number
    /** Where the batch ended; `undefined` if it was the last one. */
    readonly last: Place | undefined
  }>
  /** Resolves to the number of records of a user or a tenant. */
  countAll(subtree: Subtree<'user' | 'tenant'>): Promise<number>
  /** The side that takes part in steps, whose ids are removed at the end. Default: none. */
  readonly steps?: Pick<StepSide<never, unknown>, 'forget'> | undefined
}

/**
 * Deletes all of a subtree: in one step, or in batches if it is a user or a tenant.
 *
 * @throws What `onProgress` threw, once the gate of the store has passed it on.
 */
export async function deleteAll<Place>(
  driver: SubtreeDeletion<Place>,
  { subtree, signal, onProgress }: CheckedDeleteAll,
): Promise<DeleteAllResult> {
  if (subtree.level === 'run' || subtree.level === 'session') {
    const deleted = await driver.deleteAll(subtree)
    await driver.steps?.forget(subtree)
    await report(onProgress, { deleted })
    return { deleted, remaining: 0 }
  }
  let deleted = 0
  let after: Place | undefined
  do {
    // The call was rejected when the signal was aborted, and the work has to end, too.
    if (signal !== undefined && isAborted(signal)) throw abortReason(signal)
    const turn = turnIfHeld()
    if (turn !== undefined) await turn
    const batch = await driver.deleteBatch({ subtree, after, limit: MAX_BATCH })
    deleted += batch.deleted
    after = batch.last
    await report(onProgress, { deleted })
  } while (after !== undefined)
  await driver.steps?.forget(subtree)
  return { deleted, remaining: await driver.countAll(subtree) }
}
