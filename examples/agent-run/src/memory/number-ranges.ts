/**
 * Returns ranges with a number added at the end: `1-7` and 8 become `1-8`, `1-7` and 9 become
 * `1-7, 9-9`.
 */
export function appendNumber(ranges: string, number: number): string {
  const [first = '', last = ''] = ranges.slice(ranges.lastIndexOf(' ') + 1).split('-')
  if (ranges === '') return `${number}-${number}`
  if (Number(last) + 1 !== number) return `${ranges}, ${number}-${number}`
  return `${ranges.slice(0, ranges.length - `${first}-${last}`.length)}${first}-${number}`
}

/** Returns every number of a text of ranges, in order. */
export function numbersIn(ranges: string): number[] {
  return ranges === '' ? [] : ranges.split(', ').flatMap(numbersOf)
}

function numbersOf(range: string): number[] {
  const [first = Number.NaN, last = Number.NaN] = range.split('-').map(Number)
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}
