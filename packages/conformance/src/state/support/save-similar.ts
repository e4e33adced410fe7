import type { RunIdentity } from '@harborage/core'
import type { NewStateRecord, StateStore } from '@harborage/state'
import { similarIdentities } from '../../support/similar-names.ts'
import { saveNew } from './save-new.ts'

/** Saves a record of the kind for each of several identities with similar names in one part. */
export async function saveSimilar(
  store: StateStore,
  part: keyof RunIdentity,
  kind: string = 'task.checkpoint',
): Promise<NewStateRecord[]> {
  const records = similarIdentities(part).map((identity) => saveNew(store, { identity, kind }))
  return Promise.all(records)
}
