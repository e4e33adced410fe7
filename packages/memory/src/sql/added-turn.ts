import type { KeptTurn, MemoryChange, RememberedTurnId } from '../memory-driver.ts'

/** An added turn with its id. */
export interface AddedTurn {
  readonly turn: KeptTurn
  readonly id: RememberedTurnId
}

/** Returns the turn that a change adds, or `undefined` if it adds none or several. */
export function addedTurnOf({
  append = [],
  remember = [],
  forget,
  erase,
}: MemoryChange<unknown>): AddedTurn | undefined {
  const [turn, ...furtherTurns] = append
  const [id, ...furtherIds] = remember
  if (turn === undefined || id === undefined || forget === undefined || erase === true) {
    return undefined
  }
  return furtherTurns.length === 0 && furtherIds.length === 0 ? { turn, id } : undefined
}
