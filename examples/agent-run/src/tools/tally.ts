/** Counts how often each text occurs: the most frequent first, equally frequent ones by their letters. */
export function tally(texts: Iterable<string>): [text: string, times: number][] {
  const counts = new Map<string, number>()
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1)
  return sortTally(counts)
}

/** Adds up several tallies. */
export function mergeTallies(
  tallies: Iterable<readonly (readonly [text: string, times: number])[]>,
): [text: string, times: number][] {
  const counts = new Map<string, number>()
  for (const entries of tallies) {
    for (const [text, times] of entries) counts.set(text, (counts.get(text) ?? 0) + times)
  }
  return sortTally(counts)
}

/** The first few of a tally, for one line of text. */
export function describeTally(entries: readonly (readonly [string, number])[], most = 3): string {
  return entries
    .slice(0, most)
    .map(([text, times]) => `${text} ${times}×`)
    .join(', ')
}

function sortTally(counts: ReadonlyMap<string, number>): [string, number][] {
  return [...counts].sort(([a, timesOfA], [b, timesOfB]) => timesOfB - timesOfA || (a < b ? -1 : 1))
}
