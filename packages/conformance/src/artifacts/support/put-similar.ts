import type { ArtifactScope, ArtifactStore } from '@harborage/artifacts'
import { similarIdentities } from '../../support/similar-names.ts'
import { putNew, type Put } from './put-new.ts'

/** Puts the same text in each of several scopes with similar names in one part. */
export async function putSimilar(store: ArtifactStore, part: keyof ArtifactScope): Promise<Put[]> {
  const identities = similarIdentities(part === 'taskId' ? 'runId' : part)
  const puts = identities.map(({ runId, ...session }) =>
    putNew(store, { ...session, taskId: runId }),
  )
  return Promise.all(puts)
}
