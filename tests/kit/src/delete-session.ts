import { allOfSession, type Identity, type Subtree } from '@harborage/core'

/**
 * Empties a session of the state store, and resolves to the number of slots that held something.
 */
export async function deleteSession(
  state: { deleteAll(subtree: Subtree): Promise<{ readonly deleted: number }> },
  identity: Identity,
): Promise<number> {
  return (await state.deleteAll(allOfSession(identity))).deleted
}
