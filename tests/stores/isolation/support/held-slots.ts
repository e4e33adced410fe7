import type { EventId } from '@harborage/core'
import type { StateStore } from '@harborage/state'

import type { Choice } from '@harborage/test-kit/choice'
import { chooseOwner, hasParts, ownerOf, partsOf, type Parts } from './owners.ts'

const KINDS = ['a', 'a.', 'a.b', 'A', 'a%', 'a\ue000', 'a\u{10000}', 'b'] as const

/** Prefixes of some kinds, and of none. */
export const PREFIXES = ['', 'a', 'a.', 'a%', 'A', 'none'] as const
/** Bounds of lists: at kinds, between them, and none. */
export const BOUNDS = [undefined, undefined, 'A', 'a.', 'a\ue000', 'b'] as const

/** A slot. */
export interface Place {
  readonly owner: Parts
  readonly kind: string
}

/** A record that a slot has to hold. */
export interface Held extends Place {
  readonly eventId: EventId
  readonly text: string
}

export function choosePlace(choice: Choice): Place {
  return { owner: chooseOwner(choice), kind: choice.of(KINDS) }
}

export function isAt(left: Place, right: Place): boolean {
  return left.kind === right.kind && hasParts(left.owner, right.owner)
}

export function slotOf({ owner, kind }: Place) {
  return { identity: ownerOf(owner), kind }
}

export function recordOf({ eventId, text, ...place }: Held) {
  return { ...slotOf(place), eventId, bytes: new TextEncoder().encode(text) }
}

/** Returns what is compared of a record that a store returned. */
export function shown(record: Awaited<ReturnType<StateStore['load']>>) {
  if (record === undefined) return undefined
  const { identity, kind, eventId, bytes } = record
  return { owner: partsOf(identity), kind, eventId, text: new TextDecoder().decode(bytes) }
}

/** Returns what {@link shown} has to return. */
export function expectedOf(held: Held | undefined) {
  return held && { owner: held.owner, kind: held.kind, eventId: held.eventId, text: held.text }
}
