import { HarborageError, type Subtree } from '@harborage/core'
import {
  abortReason,
  checkSignal,
  checkSubtree,
  describeType,
  isAborted,
  KnownNames,
  turnIfHeld,
} from '@harborage/core/kit'
import type { SlotKey, StateDriver } from '../state-driver.ts'
import type { DeleteAllOptions, DeleteAllResult } from '../state-record.ts'

/** The largest number of slots of a user or a tenant that are emptied in one step. */
const MAX_BATCH = 1_000

/** The checked arguments of `deleteAll`. */
export interface CheckedDeleteAll {
  readonly subtree: Subtree
  readonly signal: AbortSignal | undefined
  readonly onProgress: DeleteAllOptions['onProgress']
}

const names = new KnownNames('options', ['signal', 'onProgress'])

/** Checks the arguments of `deleteAll`. */
export function checkDeleteAll(
  subtree: Subtree,
  options: DeleteAllOptions | undefined,
): CheckedDeleteAll {
  const checked = checkSubtree(subtree)
  const signal = checkSignal(options, names)
  const onProgress: unknown = options?.onProgress
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw new HarborageError(
      'invalid_record',
      `options.onProgress is ${describeType(onProgress)}: pass a function or leave it out`,
    )
  }
  return { subtree: checked, signal, onProgress: options?.onProgress }
}

/** Empties every slot of a subtree: in one step, or in batches if it is a user or a tenant. */
export async function deleteAll(
  driver: StateDriver,
  { subtree, signal, onProgress }: CheckedDeleteAll,
): Promise<DeleteAllResult> {
  if (subtree.level === 'run' || subtree.level === 'session') {
    const deleted = await driver.deleteAll(subtree)
    await onProgress?.({ deleted })
    return { deleted, remaining: 0 }
  }
  let deleted = 0
  let after: SlotKey | undefined
  do {
    // The call was rejected when the signal was aborted, and the work has to end, too.
    if (signal !== undefined && isAborted(signal)) throw abortReason(signal)
    const turn = turnIfHeld()
    if (turn !== undefined) await turn
    const batch = await driver.deleteBatch({ subtree, after, limit: MAX_BATCH })
    deleted += batch.deleted
    after = batch.last
    await onProgress?.({ deleted })
  } while (after !== undefined)
  return { deleted, remaining: await driver.countAll(subtree) }
}
