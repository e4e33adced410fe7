import fc from 'fast-check'

/** Changes the bytes of a snapshot somewhere. */
export function mutatedBytes(good: Uint8Array): fc.Arbitrary<Uint8Array> {
  const place = fc.nat(good.byteLength - 1)
  const some = fc.uint8Array({ minLength: 1, maxLength: 4 })
  return fc.oneof(
    fc.tuple(place, some).map(([at, bytes]) => spliced(good, at, bytes.byteLength, bytes)),
    fc.tuple(place, some).map(([at, bytes]) => spliced(good, at, 0, bytes)),
    fc
      .tuple(place, fc.integer({ min: 1, max: 50 }))
      .map(([at, length]) => spliced(good, at, length)),
    fc.tuple(place, place).map(([from, to]) => spliced(good, to, 0, good.slice(from, from + 100))),
    place.map((length) => good.slice(0, length)),
    fc.tuple(place, fc.nat(7)).map(([at, bit]) => {
      const copy = good.slice()
      copy[at] = (copy[at] ?? 0) ^ (1 << bit)
      return copy
    }),
  )
}

/**
 * Changes the content of a snapshot somewhere: a member is replaced, renamed, added, doubled or
 * left out.
 */
export function mutatedContent(good: Uint8Array): fc.Arbitrary<Uint8Array> {
  const content: unknown = JSON.parse(new TextDecoder().decode(good))
  const places = placesIn(content)
  return fc
    .tuple(fc.constantFrom(...places), fc.constantFrom(...deeds), fc.oneof(scraps, fc.jsonValue()))
    .map(([place, deed, scrap]) => encoded(changed(content, place, deed, scrap)))
}

type Deed = 'replace' | 'remove' | 'add' | 'rename' | 'wrap'
type Place = readonly string[]

const deeds: readonly Deed[] = ['replace', 'remove', 'add', 'rename', 'wrap']

/** Values that are almost valid. */
const scraps = fc.constantFrom<unknown>(
  null,
  '',
  0,
  -1,
  1,
  2 ** 53,
  1.5,
  true,
  [],
  {},
  'truncation',
  'rolling_summary',
  'none',
  '\ud800',
  'x'.repeat(200),
  ['a', 'a'],
)

const NAMES = ['__proto__', 'constructor', 'toString', 'turns', 'more']

function placesIn(value: unknown, at: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [at]
  return [at, ...Object.entries(value).flatMap(([name, item]) => placesIn(item, [...at, name]))]
}

/**
 * Works on the text of JSON, because an object in JavaScript cannot say everything that JSON can.
 */
function changed(value: unknown, [name, ...rest]: Place, deed: Deed, scrap: unknown): string {
  if (name !== undefined && typeof value === 'object' && value !== null) {
    const isArray = Array.isArray(value)
    const members = Object.entries(value).map(([key, item]): string => {
      const text = key === name ? changed(item, rest, deed, scrap) : JSON.stringify(item)
      if (isArray || text === '') return text
      const isRenamed = deed === 'rename' && key === name && rest.length === 0
      return `${JSON.stringify(isRenamed ? nameFor(scrap) : key)}:${text}`
    })
    const inside = members.filter((text) => text !== '').join(',')
    return isArray ? `[${inside}]` : `{${inside}}`
  }
  const text = JSON.stringify(value)
  switch (deed) {
    case 'replace':
      return JSON.stringify(scrap)
    case 'remove':
      return ''
    case 'wrap':
      return `[${text}]`
    case 'add':
      return text.startsWith('{')
        ? `{${JSON.stringify(nameFor(scrap))}:${JSON.stringify(scrap)},${text.slice(1)}`
        : JSON.stringify(scrap)
    case 'rename':
      return text
  }
}

function nameFor(scrap: unknown): string {
  return NAMES[JSON.stringify(scrap).length % NAMES.length] ?? ''
}

function spliced(
  good: Uint8Array,
  at: number,
  removed: number,
  added: Uint8Array = new Uint8Array(),
): Uint8Array {
  return new Uint8Array([...good.subarray(0, at), ...added, ...good.subarray(at + removed)])
}

function encoded(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
