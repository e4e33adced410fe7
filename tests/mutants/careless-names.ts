/** An inexact comparison of a stored name with the requested one. */
export type CompareNames = (stored: string, asked: string) => boolean

/** Comparisons that confuse different names, each completing "a driver that …". */
export const carelessComparisons: readonly (readonly [fault: string, same: CompareNames])[] = [
  ['matches a prefix of a name', (stored, asked) => stored.startsWith(asked)],
  ['matches a longer name', (stored, asked) => asked.startsWith(stored)],
  ['ignores case', (stored, asked) => stored.toLowerCase() === asked.toLowerCase()],
  ['ignores surrounding white space', (stored, asked) => stored.trim() === asked.trim()],
  ['ignores trailing white space', (stored, asked) => stored.trimEnd() === asked.trimEnd()],
  ['ignores Unicode composition', (stored, asked) => stored.normalize() === asked.normalize()],
  ['treats an underscore as any character', isLike],
]

/** Some of the comparisons, for guarantees whose cases are slow. */
export const someCarelessComparisons: typeof carelessComparisons = carelessComparisons.slice(1, 4)

/** Returns whether `LIKE` matches the names, except for percent signs. */
function isLike(stored: string, asked: string): boolean {
  const [characters, pattern] = [[...stored], [...asked]]
  return (
    characters.length === pattern.length &&
    pattern.every((expected, index) => expected === '_' || expected === characters[index])
  )
}
