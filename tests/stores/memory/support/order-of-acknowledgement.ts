import type { AddedTurn } from './replicas.ts'

/** Returns the turns that precede one that was acknowledged before they were begun. */
export function turnsAheadOfTheirTime(
  names: readonly string[],
  added: readonly AddedTurn[],
): string[] {
  const byName = new Map(added.map((turn) => [turn.name, turn]))
  const ahead: string[] = []
  let earliestEnd: bigint | undefined
  for (const name of names.toReversed()) {
    const turn = byName.get(name)
    if (turn === undefined) continue
    if (earliestEnd !== undefined && earliestEnd < turn.began) ahead.push(name)
    if (earliestEnd === undefined || turn.ended < earliestEnd) earliestEnd = turn.ended
  }
  return ahead
}
