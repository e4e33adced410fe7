import type { EventId } from '@harborage/core'

/** The kinds of a conversation's rows. They sort in this order; turns sort by their position. */
export const HEADER_KIND = 'memory.state'
export const SUMMARY_KIND = 'memory.summary'

/** Sorts before all that a read wants. */
export const BEFORE_ALL = 'memory.'

const TURN_PREFIX = 'memory.turn/'

/** As many digits as the largest safe integer has. */
const POSITION_DIGITS = 16

/** Sorts before every turn. */
export const BEFORE_TURNS: string = TURN_PREFIX

/** Sorts after every turn. */
export const AFTER_TURNS = 'memory.turn0'

const TURN_ID_PREFIX = 'memory.turn_id/'

/** Into how many parts the remembered ids of a conversation are divided, each swept at a time of its own. */
const TURN_ID_PARTS = 16

export function turnKind(position: number): string {
  return `${TURN_PREFIX}${String(position).padStart(POSITION_DIGITS, '0')}`
}

export function positionOf(kind: string): number {
  return Number(kind.slice(TURN_PREFIX.length))
}

export function isTurn(kind: string): boolean {
  return kind.startsWith(TURN_PREFIX)
}

/**
 * The kind of the row that remembers the id of a turn. It sorts behind every turn, where an earlier release, which does
 * not know it, leaves it alone.
 */
export function turnIdKind(turnId: EventId): string {
  let sum = 0
  for (let index = 0; index < turnId.length; index += 1) sum += turnId.charCodeAt(index)
  return `${turnIdPart(sum)}${turnId}`
}

/** The kinds of one part of the remembered ids, of which each number names one. */
export function turnIdKinds(number: number): { readonly first: string; readonly last: string } {
  const first = turnIdPart(number)
  return { first, last: `${first.slice(0, -1)}0` }
}

function turnIdPart(number: number): string {
  return `${TURN_ID_PREFIX}${(number % TURN_ID_PARTS).toString(TURN_ID_PARTS)}/`
}

export function isTurnId(kind: string): boolean {
  return kind.startsWith(TURN_ID_PREFIX)
}
