/** An inexact comparison of a stored name with the requested one. */
export type CompareNames = (stored: string, asked: string) => boolean

/** Comparisons that confuse different names, each completing "a store that …". */
const comparisons: readonly (readonly [fault: string, isSame: CompareNames])[] = [
  ['matches a prefix of a name', (stored, asked) => stored.startsWith(asked)],
  ['matches a longer name', (stored, asked) => asked.startsWith(stored)],
  ['ignores case', (stored, asked) => stored.toLowerCase() === asked.toLowerCase()],
  ['ignores surrounding white space', (stored, asked) => stored.trim() === asked.trim()],
  ['ignores trailing white space', (stored, asked) => stored.trimEnd() === asked.trimEnd()],
  ['ignores Unicode composition', (stored, asked) => stored.normalize() === asked.normalize()],
  ['treats an underscore as any character', isLike],
]

/** Returns a name as a store would keep it that trims names and ignores case and width. */
export function looselyNamed(name: string): string {
  return name.trim().normalize('NFKC').toLowerCase()
}

/** Returns a fault for each inexact comparison of names in one kind of call. */
export function inexactFaults<Open>(
  calls: string,
  openWith: (isSame: CompareNames) => Open,
): readonly { readonly fault: string; readonly open: Open }[] {
  return comparisons.map(([fault, isSame]) => ({
    fault: `${fault} when it ${calls}`,
    open: openWith(isSame),
  }))
}

/** Returns only some of the faults, for guarantees whose cases are slow. */
export function someInexactFaults<Open>(
  calls: string,
  openWith: (isSame: CompareNames) => Open,
): readonly { readonly fault: string; readonly open: Open }[] {
  return inexactFaults(calls, openWith).slice(1, 4)
}

/** Returns whether all parts of a stored identity match. An omitted part always matches. */
export function hasSameParts<Part extends string>(
  isSame: CompareNames,
  stored: { readonly [Name in Part]?: string },
  asked: { readonly [Name in Part]?: string | undefined },
  parts: readonly Part[],
): boolean {
  return parts.every((part) => {
    const name = asked[part]
    return name === undefined || isSame(stored[part] ?? '', name)
  })
}

/** Returns whether `LIKE` matches the names, except for percent signs. */
function isLike(stored: string, asked: string): boolean {
  const [characters, pattern] = [[...stored], [...asked]]
  return (
    characters.length === pattern.length &&
    pattern.every((expected, index) => expected === '_' || expected === characters[index])
  )
}
