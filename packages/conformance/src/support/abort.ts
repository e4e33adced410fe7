import assert from 'node:assert/strict'
import { nextTurn } from './next-turn.ts'

/** What a call rejects with, or throws. */
export async function rejectionOf(call: () => unknown): Promise<unknown> {
  try {
    await call()
  } catch (error) {
    return error
  }
  return assert.fail('the call has to reject')
}

/** Lets the event loop turn so many times, so that an abort meets a call at different places. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await nextTurn()
}
