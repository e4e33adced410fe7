/** The kinds of a conversation's rows. They sort in this order, and turns sort by their position. */
export const HEADER_KIND = 'memory.state'
export const SUMMARY_KIND = 'memory.summary'

const TURN_PREFIX = 'memory.turn/'

/** As many digits as the largest safe integer has. */
const POSITION_DIGITS = 16

/** Sorts before every turn. */
export const BEFORE_TURNS: string = TURN_PREFIX

/** Sorts after every turn. */
export const AFTER_TURNS = 'memory.turn0'

export function turnKind(position: number): string {
  return `${TURN_PREFIX}${String(position).padStart(POSITION_DIGITS, '0')}`
}

export function positionOf(kind: string): number {
  return Number(kind.slice(TURN_PREFIX.length))
}

export function isTurn(kind: string): boolean {
  return kind.startsWith(TURN_PREFIX)
}
