import type { HeldMemory, MemoryChange } from '../memory-driver.ts'

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
