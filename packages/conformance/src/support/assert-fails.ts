import assert from 'node:assert/strict'
import { type ErrorCode, isHarborageError } from '@harborage/core'

/** Checks that a call throws or rejects with an error of this code. */
export async function assertFails(
  code: ErrorCode,
  call: () => unknown,
  what: string = 'the call',
): Promise<void> {
  try {
    await call()
  } catch (error) {
    if (isHarborageError(error, code)) return
    const actual = isHarborageError(error) ? error.code : String(error)
    throw new assert.AssertionError({
      message: `${what} has to fail with ${code}, but failed with ${actual}`,
      actual,
      expected: code,
      operator: 'assertFails',
    })
  }
  assert.fail(`${what} has to fail with ${code}, but did not fail`)
}
