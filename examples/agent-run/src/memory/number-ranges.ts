/** Adds a number at the end of a text of ranges: `1-7` and 8 make `1-8`, but `1-7` and 9 make `1-7, 9-9`. */
export function appendNumber(ranges: string, number: number): string {
  const [first = '', last = ''] = ranges.slice(ranges.lastIndexOf(' ') + 1).split('-')
  if (ranges === '') return `${number}-${number}`
  if (Number(last) + 1 !== number) return `${ranges}, ${number}-${number}`
  return `${ranges.slice(0, ranges.length - `${first}-${last}`.length)}${first}-${number}`
}

/** Every number of a text of ranges, in its order. */
export function numbersIn(ranges: string): number[] {
  return ranges === '' ? [] : ranges.split(', ').flatMap(numbersOf)
}

function numbersOf(range: string): number[] {
  const [first = Number.NaN, last = Number.NaN] = range.split('-').map(Number)
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}
