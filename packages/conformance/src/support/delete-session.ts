import { allOfSession, type Identity, type Subtree } from '@harborage/core'
import { sessionOf } from './session-of.ts'

/** A store that deletes subtrees. */
interface Deleting {
  deleteAll(subtree: Subtree): Promise<{ readonly deleted: number }>
}

/** Deletes all of the session of a run or scope, and resolves to the number of records. */
export async function deleteSession(store: Deleting, identity: Identity): Promise<number> {
  return (await store.deleteAll(allOfSession(sessionOf(identity)))).deleted
}
