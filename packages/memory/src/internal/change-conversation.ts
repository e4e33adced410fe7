import { isHarborageError, type HarborageError, type RunIdentity } from '@harborage/core'
import type { HeldMemory, MemoryChange, MemoryDriver, ReadSet } from '../memory-driver.ts'

/**
 * Changes a conversation by a decision that may throw a `HarborageError`. In that case nothing is
 * changed, and the error is passed around the driver, so that a driver never sees a decision throw.
 */
export async function changeConversation<Result>(
  driver: MemoryDriver,
  identity: Required<RunIdentity>,
  readSet: ReadSet,
  decide: (held: HeldMemory) => MemoryChange<Result>,
): Promise<Result> {
  const outcome = await driver.change<Outcome<Result>>(identity, readSet, (held) => {
    try {
      const change = decide(held)
      return { ...change, result: { result: change.result } }
    } catch (error) {
      if (isHarborageError(error)) return { result: { refusal: error } }
      throw error
    }
  })
  if ('refusal' in outcome) throw outcome.refusal
  return outcome.result
}

type Outcome<Result> = { readonly result: Result } | { readonly refusal: HarborageError }
