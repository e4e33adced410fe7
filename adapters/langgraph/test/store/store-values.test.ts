import { MAX_STATE_BYTES } from '@harborage/state'
import { failureOf } from '@harborage/test-kit/failure-of'
import { describe, expect, test } from 'vitest'

import { openStore } from '../support/open-store.ts'
import { memory, places } from '../support/places.ts'

type Value = Record<string, unknown>

const kept: readonly (readonly [what: string, value: Value])[] = [
  ['an empty object', {}],
  ['a list', ['a', 1, null] as unknown as Value],
  ['numbers of any size', { n: [0, -1, 1.5, 1e308, Number.MAX_SAFE_INTEGER] }],
  ['texts of any kind', { t: ['', '\0', '\ud800', '😀', '"\\', '\u2028'] }],
  ['names of any kind', { '': 1, 'a.b': 2, $eq: 3, '😀': 4, length: 5 }],
  ['what is nested', { a: [{ b: [{ c: [[]] }] }] }],
  ['names that look like those of a payload', { value: 1, namespace: ['x'], key: 'y' }],
  [
    'names of Object.prototype',
    JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{}}}') as Value,
  ],
]

describe.each(places)('a value on $name', (place) => {
  test('comes back as it was put', async () => {
    const store = await openStore(place)
    for (const [what, value] of kept) {
      await store.put(['values'], what, value)
      const item = await store.get(['values'], what)
      expect(JSON.stringify(item?.value)).toBe(JSON.stringify(value))
    }
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
    expect(await store.search(['values'])).toHaveLength(kept.length)
  })

  test('may be large', async () => {
    const store = await openStore(place)
    const text = 'é'.repeat(4 * 1024 * 1024)
    await store.put(['values'], 'large', { text })
    expect((await store.get(['values'], 'large'))?.value).toEqual({ text })
  })
})

test('a value is kept as JSON has it', async () => {
  const store = await openStore(memory)
  const given = {
    day: new Date(0),
    url: new URL('https://example.com/'),
    none: undefined,
    zero: -0,
  }
  await store.put(['values'], 'k', given)
  expect((await store.get(['values'], 'k'))?.value).toStrictEqual({
    day: '1970-01-01T00:00:00.000Z',
    url: 'https://example.com/',
    zero: 0,
  })
})

class Node {
  self = this
}

const refused: readonly (readonly [what: string, value: unknown])[] = [
  ['nothing', undefined],
  ['a text', 'text'],
  ['a number', 7],
  ['a function', () => 1],
  ['a bigint in it', { n: 1n }],
  ['NaN in it', { n: Number.NaN }],
  ['a function in it', { f: () => 1 }],
  ['a symbol in it', { s: Symbol('s') }],
  ['undefined in a list', { list: [undefined] }],
  ['a hole in a list', { list: Array(2) }],
  ['a Map in it', { map: new Map([['a', 1]]) }],
  ['a Set', new Set([1])],
  ['bytes in it', { bytes: new Uint8Array(3) }],
  ['a promise in it', { later: Promise.resolve(1) }],
  ['itself in it', new Node()],
  [
    'a getter that throws',
    {
      get n() {
        throw new Error('no')
      },
    },
  ],
  [
    'a toJSON that throws',
    {
      toJSON() {
        throw new Error('no')
      },
    },
  ],
  ['a toJSON that returns a text', { toJSON: () => 'text' }],
]

test.each(refused)(
  'a value that is %s, or has it, is refused and nothing is stored',
  async (_, value) => {
    const store = await openStore(memory)
    const failure = await failureOf(store.put(['values'], 'k', value as Value))
    expect(failure.code).toBe('invalid_record')
    expect(failure.entry).toEqual({ list: 'operations', index: 0 })
    expect(await store.search([])).toEqual([])
  },
)

test('a value above the limit of a slot is refused, and the error names its operation', async () => {
  const store = await openStore(memory)
  const batch = [
    { namespace: ['a'], key: 'small', value: {} },
    { namespace: ['a'], key: 'large', value: { text: 'x'.repeat(MAX_STATE_BYTES) } },
  ]
  expect(await failureOf(store.batch(batch))).toMatchObject({
    code: 'value_too_large',
    entry: { list: 'operations', index: 1 },
  })
  expect(await store.search([])).toEqual([])
})
