/**
 * Counts how often each text occurs. The most frequent come first, equally frequent ones in
 * alphabetical order.
 */
export function tally(texts: Iterable<string>): [text: string, times: number][] {
  const counts = new Map<string, number>()
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1)
  return sortTally(counts)
}

/** Returns the sum of several tallies. */
export function mergeTallies(
  tallies: Iterable<readonly (readonly [text: string, times: number])[]>,
): [text: string, times: number][] {
  const counts = new Map<string, number>()
  for (const entries of tallies) {
    for (const [text, times] of entries) counts.set(text, (counts.get(text) ?? 0) + times)
  }
  return sortTally(counts)
}

/** Returns the first few entries of a tally in one line. */
export function describeTally(entries: readonly (readonly [string, number])[], most = 3): string {
  return entries
    .slice(0, most)
    .map(([text, times]) => `${text} ${times}×`)
    .join(', ')
}

function sortTally(counts: ReadonlyMap<string, number>): [string, number][] {
  return [...counts].sort(([a, timesOfA], [b, timesOfB]) => timesOfB - timesOfA || (a < b ? -1 : 1))
}
