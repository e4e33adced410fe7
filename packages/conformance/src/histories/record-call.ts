import { isHarborageError } from '@harborage/core'
import { addRetriesTo } from './retries.ts'
import type { RecordedCall } from './serial-order.ts'

/**
 * Makes a call and records it. Resolves to `undefined` if the call failed and certainly had no
 * effect.
 *
 * @param now A clock that all callers share, and that never returns the same time twice.
 */
export async function recordCall<Call>(
  call: Call,
  now: () => number,
  make: () => Promise<string>,
): Promise<RecordedCall<Call> | undefined> {
  const from = now()
  const counted = { retries: 0 }
  try {
    const answer = await addRetriesTo(counted, make)
    return { call, from, to: now(), answer, ...counted }
  } catch (error) {
    if (!isHarborageError(error)) throw error
    if (error.code === 'store_unavailable') return undefined
    const answer = error.code === 'outcome_unknown' ? undefined : error.code
    return { call, from, to: now(), answer, ...counted }
  }
}
