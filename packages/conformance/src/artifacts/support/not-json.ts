/** Values of `source` that are not an object of strict JSON, with what is wrong about them. */
export const notJsonObjects: readonly (readonly [description: string, source: unknown])[] = [
  ['null', null],
  ['a text', 'source'],
  ['a number', 7],
  ['an array', ['source']],
  ['a function', () => ({})],
  ['a date', new Date(0)],
  ['a map', new Map([['a', 1]])],
  ['bytes', Uint8Array.of(1)],
  ...notJsonValues().map(
    ([description, value]) =>
      [`${description} within`, { fine: 1, deep: { wrong: value } }] as const,
  ),
  ...notJsonValues().map(
    ([description, value]) => [`${description} in a list`, { list: [1, value] }] as const,
  ),
  ['an object that writes itself', { toJSON: () => ({ fine: true }) }],
  ['itself', cyclic()],
]

/** Values that JSON cannot say, or would change without a word. */
export function notJsonValues(): readonly (readonly [description: string, value: unknown])[] {
  return [
    ['undefined', undefined],
    ['a function', () => 1],
    ['a symbol', Symbol('source')],
    ['NaN', Number.NaN],
    ['an infinite number', Number.POSITIVE_INFINITY],
    ['a bigint', 1n],
    ['a date', new Date(0)],
    ['an invalid date', new Date(Number.NaN)],
    ['a map', new Map([['a', 1]])],
    ['a set', new Set([1])],
    ['a regular expression', /a/],
    ['an error', new Error('a')],
    ['bytes', Uint8Array.of(1)],
    ['an instance of a class', new (class Source {})()],
    ['a sparse array', sparse()],
    ['a cycle', cyclic()],
    ['an object that writes itself', { toJSON: () => 1 }],
  ]
}

function cyclic(): unknown {
  const list: unknown[] = []
  list.push({ list })
  return { list }
}

function sparse(): unknown[] {
  const list: unknown[] = [1]
  list[2] = 3
  return list
}

/** An object that is nested so many levels deep. */
export function nested(depth: number): unknown {
  let value: unknown = {}
  for (let level = 1; level < depth; level += 1) value = { value }
  return value
}
