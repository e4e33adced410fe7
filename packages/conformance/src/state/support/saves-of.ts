import type { CommitOutcome, SaveOutcome } from '@harborage/state'

/** Resolves to the outcomes of the saves of a commit. */
export async function savesOf(committing: Promise<CommitOutcome>): Promise<readonly SaveOutcome[]> {
  return (await committing).save
}

/** Resolves to the number of slots that a commit emptied. */
export async function deletedBy(committing: Promise<CommitOutcome>): Promise<number | undefined> {
  const outcome = await committing
  return outcome.repeated ? undefined : outcome.deleted
}
