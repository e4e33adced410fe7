import type { EventId } from '@harborage/core'

/** The kinds of a conversation's rows, which sort in this order. Turns sort by their position. */
export const HEADER_KIND = 'memory.state'
export const SUMMARY_KIND = 'memory.summary'

/** Sorts before every row of a conversation. */
export const BEFORE_ALL = 'memory.'

const TURN_PREFIX = 'memory.turn/'

/** The number of digits of the largest safe integer. */
const POSITION_DIGITS = 16

/** Sorts before every turn. */
export const BEFORE_TURNS: string = TURN_PREFIX

/** Sorts after every turn. */
export const AFTER_TURNS = 'memory.turn0'

const TURN_ID_PREFIX = 'memory.turn_id/'

/**
 * The number of parts of the remembered ids of a conversation. Forgotten ids are removed one part
 * at a time.
 */
const TURN_ID_PARTS = 16

/** Returns the kind of the row of a turn. */
export function turnKind(position: number): string {
  return `${TURN_PREFIX}${String(position).padStart(POSITION_DIGITS, '0')}`
}

/** Returns the position in the kind of a turn. */
export function positionOf(kind: string): number {
  return Number(kind.slice(TURN_PREFIX.length))
}

/** Returns whether a row is that of a turn. */
export function isTurn(kind: string): boolean {
  return kind.startsWith(TURN_PREFIX)
}

/**
 * Returns the kind of the row that remembers the id of a turn. It sorts after every turn, where an
 * earlier release, which does not know such rows, does not touch it.
 */
export function turnIdKind(turnId: EventId): string {
  let sum = 0
  for (let index = 0; index < turnId.length; index += 1) sum += turnId.charCodeAt(index)
  return `${turnIdPart(sum)}${turnId}`
}

/**
 * Returns the bounds of the kinds in one part of the remembered ids. Every number selects a part.
 */
export function turnIdKinds(number: number): { readonly first: string; readonly last: string } {
  const first = turnIdPart(number)
  return { first, last: `${first.slice(0, -1)}0` }
}

/** Returns the turn id in the kind of the row that remembers it. */
export function turnIdIn(kind: string): string {
  return kind.slice(TURN_ID_PREFIX.length + '0/'.length)
}

function turnIdPart(number: number): string {
  return `${TURN_ID_PREFIX}${(number % TURN_ID_PARTS).toString(TURN_ID_PARTS)}/`
}

/** Returns whether a row remembers the id of a turn. */
export function isTurnId(kind: string): boolean {
  return kind.startsWith(TURN_ID_PREFIX)
}
