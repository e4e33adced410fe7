import { HarborageError } from '@harborage/core'
import type { HeldMemory, MemoryChange, MemoryHeader } from '../memory-driver.ts'

/**
 * Returns a decision that a driver may repeat after its answer was lost. If an earlier attempt was
 * applied, the repeated decision returns the result of that attempt and changes nothing.
 *
 * @param wasApplied Returns whether an earlier attempt was applied, judging by the stored
 * conversation.
 */
export function replayable<Result>(
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
 * Returns a decision like {@link replayable}, for one that replaces the conversation. If the
 * conversation is neither the one that the earlier attempt found nor the one that it made, others
 * have replaced it since. Their acknowledged turns must not be lost, so the decision throws
 * `outcome_unknown`.
 */
export function replayableReplacement<Result>(
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

/** Returns whether both are headers of the same conversation, which may have more turns by now. */
function isSame(found: MemoryHeader | undefined, now: MemoryHeader | undefined): boolean {
  if (found === undefined || now === undefined) return found === now
  return found.lineage === now.lineage && found.lineage !== 0
}

function unknownReplacement(): HarborageError {
  return new HarborageError(
    'outcome_unknown',
    'the answer was lost, and the conversation was replaced since, by this call or another: read it, and call again if it is not as it should be',
  )
}
