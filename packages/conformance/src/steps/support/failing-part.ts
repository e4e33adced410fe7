import assert from 'node:assert/strict'
import { isHarborageError, type ErrorCode } from '@harborage/core'

/** Checks that a step fails with an error of this code that names this part. */
export async function assertPartFails(
  code: ErrorCode,
  part: string | undefined,
  call: () => Promise<unknown>,
): Promise<void> {
  try {
    await call()
  } catch (error) {
    if (!isHarborageError(error)) throw error
    assert.deepEqual({ code: error.code, part: error.part }, { code, part })
    return
  }
  assert.fail(`the step has to fail with ${code}, but did not fail`)
}
