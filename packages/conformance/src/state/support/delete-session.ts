import { allOfSession, type Identity } from '@harborage/core'
import type { StateStore } from '@harborage/state'
import { sessionOf } from '../../support/session-of.ts'

/** Empties the session of an identity, and resolves to the number of slots that held something. */
export async function deleteSession(store: StateStore, identity: Identity): Promise<number> {
  return (await store.deleteAll(allOfSession(sessionOf(identity)))).deleted
}
