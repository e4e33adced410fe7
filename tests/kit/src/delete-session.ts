import { allOfSession, type Identity, type Subtree } from '@harborage/core'

/** A store that deletes subtrees. */
interface Deleting {
  deleteAll(subtree: Subtree): Promise<{ readonly deleted: number }>
}

/** Deletes all of the session of a run or scope, and resolves to the number of records. */
export async function deleteSession(
  store: Deleting,
  { tenantId, userId, sessionId }: Identity,
): Promise<number> {
  return (await store.deleteAll(allOfSession({ tenantId, userId, sessionId }))).deleted
}
