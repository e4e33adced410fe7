/** How many operations of each caller were acknowledged, as the lines of a writing process tell. */
export function acknowledgedOf(lines: readonly string[], callers: number): readonly number[] {
  const counts = Array.from({ length: callers }, () => 0)
  for (const line of lines) {
    const [number, index] = line.split(' ').map(Number)
    if (number === undefined || index === undefined || Number.isNaN(index)) continue
    counts[number] = index + 1
  }
  return counts
}
