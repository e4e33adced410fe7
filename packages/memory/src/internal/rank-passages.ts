import type { RunIdentity } from '@harborage/core'
import { compareOwners } from '@harborage/core/kit'
import { MAX_COMPARED_PASSAGES } from '../passage.ts'

/** A passage with one of the words of a search. */
export interface Candidate {
  readonly identity: Required<RunIdentity>
  readonly index: number
  readonly createdAt: Date
  /** How many of the words it has. */
  readonly words: number
}

/** Returns the first candidates: those with most of the words, and of these the newest. */
export function rankPassages<Found extends Candidate>(
  candidates: readonly Found[],
  limit: number,
): readonly Found[] {
  return candidates
    .toSorted(compareAge)
    .slice(0, MAX_COMPARED_PASSAGES)
    .toSorted((left, right) => right.words - left.words)
    .slice(0, limit)
}

/** Compares by age, the newest first. */
function compareAge(left: Candidate, right: Candidate): number {
  return (
    right.createdAt.getTime() - left.createdAt.getTime() ||
    compareOwners(left.identity, right.identity) ||
    left.index - right.index
  )
}
