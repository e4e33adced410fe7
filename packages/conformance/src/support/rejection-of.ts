import assert from 'node:assert/strict'

/** Resolves to what a call throws or rejects with. Fails if the call succeeds. */
export async function rejectionOf(call: () => unknown): Promise<unknown> {
  try {
    await call()
  } catch (error) {
    return error
  }
  return assert.fail('the call has to reject')
}
