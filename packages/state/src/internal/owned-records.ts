import type { Identity, RunIdentity } from '@harborage/core'
import { ownerAt, type PageWalk } from '@harborage/core/kit'
import type { SlotKey } from '../state-driver.ts'
import type { StateKey, StateRecord } from '../state-record.ts'

/**
 * Returns the record, or its key, with an identity that every method accepts. The owners that a
 * driver returns are plain objects, which name no session if they are wide.
 */
export function withOwner<Found extends { readonly identity: Required<RunIdentity> }>(
  record: Found,
): Found {
  const { identity } = record
  return identity.sessionId === '' ? { ...record, identity: ownerAt(identity) } : record
}

/** Resolves to the record found for an owner as {@link withOwner}. */
export function ownedBy(
  owner: Identity,
  found: Promise<StateRecord | undefined>,
): Promise<StateRecord | undefined> {
  // Of a session, the promise itself: most calls are of one, and need no further step.
  if (owner.sessionId !== '') return found
  return found.then((record) => record && withOwner(record))
}

type WalkOf<Item extends NonNullable<unknown>, Place> = Pick<
  PageWalk<Item, Place>,
  'placeOf' | 'bytesOf' | 'handOut'
>

/** The walk over the records of one owner. */
export const walkOfKinds: WalkOf<StateRecord, string> = {
  placeOf: ({ kind }) => kind,
  bytesOf,
  handOut: withOwner,
}

/** The walk over the keys of the records of one owner. */
export const walkOfKeys: WalkOf<StateKey, string> = {
  placeOf: ({ kind }) => kind,
  bytesOf: () => 0,
  handOut: withOwner,
}

/** The walk over the records of all owners. */
export const walkOfSlots: WalkOf<StateRecord, SlotKey> = {
  placeOf: ({ identity, kind }) => ({ identity: { ...identity }, kind }),
  bytesOf,
  handOut: withOwner,
}

function bytesOf({ bytes }: StateRecord): number {
  return bytes.byteLength
}
