import { failureOf } from '@harborage/test-kit/failure-of'
import { describe, expect, test } from 'vitest'

import type { HarborageStore, StoreSearchOptions } from '../../src/store/harborage-store.ts'
import { nextMillisecond } from '../support/next-millisecond.ts'
import { openStore } from '../support/open-store.ts'
import { memory, places } from '../support/places.ts'

type Filter = NonNullable<StoreSearchOptions['filter']>

const day = new Date('2026-05-04T03:02:01Z')
const values: Readonly<Record<string, Record<string, unknown>>> = {
  one: { n: 1, text: 'tea', tags: ['hot', 'green'], by: { name: 'ann' }, is: true },
  two: { n: 2, text: 'Tea', tags: ['hot'], by: { name: 'bob' }, is: false },
  ten: { n: '10', text: null, tags: [], day },
  none: { other: 1 },
}

async function fill(store: HarborageStore): Promise<void> {
  for (const [key, value] of Object.entries(values)) {
    await store.put(['a'], key, value)
    await nextMillisecond()
  }
}

async function found(store: HarborageStore, filter: Filter): Promise<string> {
  return (await store.search(['a'], { filter })).map(({ key }) => key).join(' ')
}

const cases: readonly (readonly [what: string, filter: Filter, expected: string])[] = [
  ['an equal number', { n: 1 }, 'one'],
  ['a number, and not a text like it', { n: 10 }, ''],
  ['an equal text, by its case', { text: 'tea' }, 'one'],
  ['null, and not what is absent', { text: null }, 'ten'],
  ['what is absent', { text: undefined }, 'none'],
  ['several fields at once', { n: 1, is: true }, 'one'],
  ['several fields of which one differs', { n: 1, is: false }, ''],
  ['an equal list', { tags: ['hot'] }, 'two'],
  ['an empty list', { tags: [] }, 'ten'],
  ['an equal object', { by: { name: 'ann' } }, 'one'],
  ['an object with less in it', { by: {} }, 'one two ten none'],
  ['a date as it is stored', { day }, 'ten'],
  ['$eq', { n: { $eq: 2 } }, 'two'],
  ['$eq of an object', { by: { $eq: { name: 'bob' } } }, 'two'],
  ['$eq of an empty object', { by: { $eq: {} } }, ''],
  ['$ne, which what is absent meets', { n: { $ne: 2 } }, 'one ten none'],
  ['$ne of a list', { tags: { $ne: ['hot'] } }, 'one ten none'],
  ['$gt', { n: { $gt: 1 } }, 'two ten'],
  ['$gte', { n: { $gte: 2 } }, 'two ten'],
  ['$lt', { n: { $lt: 2 } }, 'one'],
  ['$lte, by numbers also of texts', { n: { $lte: '10' } }, 'one two ten'],
  ['a range', { n: { $gt: 1, $lt: 10 } }, 'two'],
  ['a size of what has none', { tags: { $gt: 0 } }, ''],
  ['$in', { n: { $in: [2, '10', 7] } }, 'two ten'],
  ['$in of objects', { by: { $in: [{ name: 'bob' }] } }, 'two'],
  ['$in of nothing', { n: { $in: [] } }, ''],
  ['$nin, which what is absent meets', { n: { $nin: [1, 2] } }, 'ten none'],
  ['no operators', { n: {} }, 'one two ten none'],
  ['no fields', {}, 'one two ten none'],
]

describe.each(places)('a filter on $name', (place) => {
  test('selects items by what their values hold', async () => {
    const store = await openStore(place)
    await fill(store)
    for (const [what, filter, expected] of cases) {
      expect([what, await found(store, filter)]).toEqual([what, expected])
    }
  })
})

test('a filter with names of Object.prototype looks at the own fields of a value', async () => {
  const store = await openStore(memory)
  await store.put(['a'], 'plain', { n: 1 })
  await store.put(['a'], 'own', parsed('{"__proto__":{"n":1},"constructor":1,"toString":2}'))
  expect(await found(store, { constructor: { $ne: undefined } })).toBe('own')
  expect(await found(store, { toString: { $gt: 1 } })).toBe('own')
  expect(await found(store, parsed('{"__proto__":{"n":1}}'))).toBe('own')
  expect(await found(store, { n: 1 })).toBe('plain')
})

test('a value that is no number when it is asked for one is none, whatever it holds', async () => {
  const store = await openStore(memory)
  const hostile = { n: { toString: 1, valueOf: 1 }, list: [{ toString: 1 }] }
  await store.put(['a'], 'hostile', hostile)
  expect(await found(store, { n: { $gt: 0 } })).toBe('')
  expect(await found(store, { list: { $lte: 0 } })).toBe('')
})

const malformed: readonly (readonly [what: string, filter: unknown])[] = [
  ['an unknown operator', { n: { $like: 'te%' } }],
  ['conditions that are combined', { $or: [{ n: 1 }] }],
  ['an operator in place of a field', { $gt: 1 }],
  ['an operator beside a name', { n: { $gt: 1, name: 'ann' } }],
  ['a $in without a list', { n: { $in: 1 } }],
  ['a $nin without a list', { n: { $nin: 'abc' } }],
  ['an operand that JSON cannot hold', { n: [1n] }],
  ['an operand that holds itself', { n: circle() }],
]

test.each(malformed)('a filter with %s is refused', async (_, filter) => {
  const store = await openStore(memory)
  const failure = await failureOf(store.search(['a'], { filter: filter as Filter }))
  expect(failure.code).toBe('invalid_record')
  expect(failure.entry).toEqual({ list: 'operations', index: 0 })
})

/** Parses JSON, which makes an own property of any name. */
function parsed(json: string): Filter {
  return JSON.parse(json) as Filter
}

function circle(): readonly unknown[] {
  const list: unknown[] = []
  list.push(list)
  return list
}
