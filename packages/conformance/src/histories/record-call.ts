import { isHarborageError } from '@harborage/core'
import { addRetriesTo } from './retries.ts'
import type { RecordedCall } from './serial-order.ts'

/**
 * Makes a call and records it. A call that failed and has certainly done nothing is left out.
 *
 * @param now A clock that all callers share, and that is never the same twice.
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
