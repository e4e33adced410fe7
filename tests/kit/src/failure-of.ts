import { inspect } from 'node:util'
import { type HarborageError, isHarborageError } from '@harborage/core'

/** The failure of a call that has to fail, and with one of Harborage's errors. */
export async function failureOf(call: Promise<unknown>): Promise<HarborageError> {
  const outcome: unknown = await call.then(
    (value) => ({ value }),
    (error: unknown) => error,
  )
  if (isHarborageError(outcome)) return outcome
  throw new Error(`not a failure of Harborage: ${inspect(outcome)}`)
}
