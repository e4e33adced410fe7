import { HarborageError } from '@harborage/core'
import type { HeldMemory, MemoryChange, MemoryHeader } from '../memory-driver.ts'

/**
 * Makes a decision that may be asked for again after it was applied, because the answer of the database was lost: it
 * then gives what the attempt came to that was applied, and changes nothing more.
 *
 * @param wasApplied Tells by what is held that an earlier attempt was applied, if there was one.
 */
export function decideOnce<Result>(
  decide: (held: HeldMemory) => MemoryChange<Result>,
  wasApplied: (held: HeldMemory) => boolean,
): (held: HeldMemory) => MemoryChange<Result> {
  let earlier: { readonly result: Result } | undefined
  return (held) => {
    if (earlier !== undefined && wasApplied(held)) return earlier
    const change = decide(held)
    earlier = { result: change.result }
    return change
  }
}

/**
 * As {@link decideOnce}, for a decision that takes away what is held. If the conversation is neither what the attempt
 * before found nor what that one made of it, others have begun it anew, and what they were told is kept may not go.
 *
 * @throws From the decision, `outcome_unknown`.
 */
export function replaceOnce<Result>(
  decide: (held: HeldMemory) => MemoryChange<Result>,
  wasApplied: (held: HeldMemory) => boolean,
): (held: HeldMemory) => MemoryChange<Result> {
  let earlier: { readonly result: Result; readonly found: MemoryHeader | undefined } | undefined
  return (held) => {
    if (earlier !== undefined && held.mayBeApplied) {
      if (wasApplied(held)) return { result: earlier.result }
      if (!isSame(earlier.found, held.header)) throw unknownReplacement()
    }
    const change = decide(held)
    earlier = { result: change.result, found: held.header }
    return change
  }
}

/** Tells whether it is for sure the same conversation, though it may have gone on. */
function isSame(found: MemoryHeader | undefined, now: MemoryHeader | undefined): boolean {
  if (found === undefined || now === undefined) return found === now
  return found.lineage === now.lineage && found.lineage !== 0
}

function unknownReplacement(): HarborageError {
  return new HarborageError(
    'outcome_unknown',
    'the answer was lost, and the conversation was begun anew since, by this call or by another: look at it, and call again if it is not what it should be',
  )
}
