import { slotId } from '../decide.ts'
import type { CheckedPrefix } from '../state-driver.ts'

/** Leaves out each prefix that begins with another of the same run, which covers it. */
export function disjointPrefixes(prefixes: readonly CheckedPrefix[]): CheckedPrefix[] {
  const byRun = Map.groupBy(prefixes, ({ identity }) => slotId({ identity, kind: '' }))
  return [...byRun.values()].flatMap(ofOneRun)
}

function ofOneRun(prefixes: readonly CheckedPrefix[]): CheckedPrefix[] {
  const kept: CheckedPrefix[] = []
  // In the order of code units, a prefix comes right before all that it covers.
  for (const prefix of prefixes.toSorted(byCodeUnits)) {
    const covering = kept.at(-1)
    if (covering !== undefined && prefix.kindPrefix.startsWith(covering.kindPrefix)) continue
    kept.push(prefix)
  }
  return kept
}

function byCodeUnits(left: CheckedPrefix, right: CheckedPrefix): number {
  if (left.kindPrefix === right.kindPrefix) return 0
  return left.kindPrefix < right.kindPrefix ? -1 : 1
}
