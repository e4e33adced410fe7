import type { ArtifactStore } from '@harborage/artifacts'
import type { Account } from './account.ts'
import type { StoredRun } from './read-back.ts'

/**
 * Returns the bytes that the run keeps as artifacts, and those that it would keep if each step had
 * its own.
 */
export async function artifactUse(
  artifacts: ArtifactStore,
  { sessions }: StoredRun,
): Promise<Account['artifacts']> {
  const use = { stored: 0, storedBytes: 0, steps: 0, stepBytes: 0 }
  for (const { identity, tasks } of sessions) {
    for await (const { sizeBytes } of artifacts.list(identity)) {
      use.stored += 1
      use.storedBytes += sizeBytes
    }
    for (const { offloadedBytes } of tasks.flatMap(({ steps }) => steps)) {
      if (offloadedBytes === undefined) continue
      use.steps += 1
      use.stepBytes += offloadedBytes
    }
  }
  return use
}
