/** The length above which names are not compared. */
const MAX_COMPARED_LENGTH = 64

/** Returns the first known name that a given one probably misspells, or `undefined`. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  return known.find((each) => isNear(name, each))
}

function isNear(name: string, known: string): boolean {
  if (name.length > MAX_COMPARED_LENGTH) return false
  if (name.toLowerCase() === known.toLowerCase()) return true
  const shorter = Math.min(name.length, known.length)
  return shorter > 2 && editDistance(name, known) <= (shorter > 5 ? 2 : 1)
}

/** Returns the edit distance of two strings. Two swapped letters count as one edit. */
function editDistance(left: string, right: string): number {
  let before: number[] = []
  let row = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= right.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1)
      const swapped =
        i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1]
          ? (before[j - 2] ?? 0) + 1
          : replaced
      next.push(Math.min(replaced, swapped, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    before = row
    row = next
  }
  return row.at(-1) ?? 0
}
