import { type HarborageError, isHarborageError, type RunIdentity } from '@harborage/core'
import type { HeldMemory, Look, MemoryChange, MemoryDriver } from '../memory-driver.ts'

/**
 * Changes a conversation by a decision that may throw one of Harborage's errors: nothing is changed then, and a driver
 * sees no function that throws.
 */
export async function changeConversation<Result>(
  driver: MemoryDriver,
  identity: Required<RunIdentity>,
  look: Look,
  decide: (held: HeldMemory) => MemoryChange<Result>,
): Promise<Result> {
  const outcome = await driver.change<Outcome<Result>>(identity, look, (held) => {
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
