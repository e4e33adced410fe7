/** Values that are not valid as `source`, each with what is wrong about it. */
export const invalidSources: readonly (readonly [description: string, source: unknown])[] = [
  ['null', null],
  ['a text', 'source'],
  ['a number', 7],
  ['an array', ['source']],
  ['a function', () => ({})],
  ['a date', new Date(0)],
  ['a map', new Map([['a', 1]])],
  ['bytes', Uint8Array.of(1)],
  ...nonJsonValues().map(
    ([description, value]) =>
      [`an object with ${description}`, { fine: 1, deep: { wrong: value } }] as const,
  ),
  ...nonJsonValues().map(
    ([description, value]) => [`a list with ${description}`, { list: [1, value] }] as const,
  ),
  ['an object with toJSON', { toJSON: () => ({ fine: true }) }],
  ['a reference to itself', cyclic()],
]

/** Returns values that JSON cannot represent, or would change silently. */
export function nonJsonValues(): readonly (readonly [description: string, value: unknown])[] {
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
    ['an object with toJSON', { toJSON: () => 1 }],
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

/** Returns an object that is nested `depth` levels deep. */
export function nested(depth: number): unknown {
  let value: unknown = {}
  for (let level = 1; level < depth; level += 1) value = { value }
  return value
}
