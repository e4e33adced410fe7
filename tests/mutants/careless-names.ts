/** How a careless driver compares a stored name with the one that it is asked for. */
export type CompareNames = (stored: string, asked: string) => boolean

/** Comparisons that take different names for one, each completing "a driver that …". */
export const carelessComparisons: readonly (readonly [fault: string, same: CompareNames])[] = [
  ['takes a beginning for the whole name', (stored, asked) => stored.startsWith(asked)],
  ['takes a name for a longer one', (stored, asked) => asked.startsWith(stored)],
  ['passes over case', (stored, asked) => stored.toLowerCase() === asked.toLowerCase()],
  ['passes over white space around', (stored, asked) => stored.trim() === asked.trim()],
  ['passes over white space behind', (stored, asked) => stored.trimEnd() === asked.trimEnd()],
  ['passes over composition', (stored, asked) => stored.normalize() === asked.normalize()],
  ['takes an underscore for any character', isLike],
]

/** Some of them, for guarantees whose cases take long. */
export const someCarelessComparisons: typeof carelessComparisons = carelessComparisons.slice(1, 4)

/** What `LIKE` matches, but for percent signs. */
function isLike(stored: string, asked: string): boolean {
  const [characters, pattern] = [[...stored], [...asked]]
  return (
    characters.length === pattern.length &&
    pattern.every((expected, index) => expected === '_' || expected === characters[index])
  )
}
