import { isHarborageError, strictJson, strictJsonObject, type JsonObject } from '@harborage/core'
import { describe, expect, test } from 'vitest'

const circle: Record<string, unknown> = {}
circle['self'] = { circle }

describe('strict JSON', () => {
  test.each<[JsonObject]>([
    [{}],
    [{ text: 'a', number: -1.5, truth: true, nothing: null, list: [1, [2], { three: 3 }] }],
    [JSON.parse('{"__proto__":{"polluted":true}}')],
    [Object.assign(Object.create(null), { bare: 1 })],
  ])('writes %j as it is', (value) => {
    expect(JSON.parse(strictJsonObject('source', value, 1_000))).toEqual(value)
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })

  test('takes the same part in two places for what it is, and not for a circle', () => {
    const part = { shared: true }
    expect(strictJson('value', [part, part])).toBe('[{"shared":true},{"shared":true}]')
  })

  test.each<[what: string, value: unknown, place: string]>([
    ['a function', { a: () => 1 }, 'source.a'],
    ['undefined', { a: { b: undefined } }, 'source.a.b'],
    ['a symbol', { a: [Symbol('x')] }, 'source.a[0]'],
    ['NaN', { a: Number.NaN }, 'source.a'],
    ['an infinite number', { a: Number.POSITIVE_INFINITY }, 'source.a'],
    ['a BigInt', { a: 1n }, 'source.a'],
    ['a Date', { a: new Date() }, 'source.a'],
    ['a Map', { a: new Map() }, 'source.a'],
    ['an object with a toJSON', { a: { toJSON: () => 'b' } }, 'source.a'],
    ['a list with a toJSON', { a: Object.assign([1], { toJSON: () => 'b' }) }, 'source.a'],
    ['a list with a name of its own', { a: Object.assign([1], { b: 2 }) }, 'source.a'],
    ['a list with a hole', { a: Array.from({ length: 2, 0: 1 }).concat(Array(1)) }, 'source.a'],
    ['a circle', circle, 'source.self.circle'],
  ])('refuses %s, naming its place', (_, value, place) => {
    const error = thrownBy(() => strictJsonObject('source', value, 1_000))
    expect(isHarborageError(error, 'invalid_record')).toBe(true)
    expect(String(error)).toContain(place)
  })

  test('refuses what is nested so deep that it may be meant to break the stack', () => {
    let nested: unknown = 0
    for (let depth = 0; depth < 100_000; depth += 1) nested = [nested]
    expect(
      isHarborageError(
        thrownBy(() => strictJson('value', nested)),
        'invalid_record',
      ),
    ).toBe(true)
  })

  test('counts the bytes of an object, and not its characters', () => {
    expect(strictJsonObject('source', { a: 'ä' }, 10)).toBe('{"a":"ä"}')
    const error = thrownBy(() => strictJsonObject('source', { a: 'ää' }, 10))
    expect(isHarborageError(error, 'invalid_record')).toBe(true)
  })
})

function thrownBy(act: () => unknown): unknown {
  try {
    act()
    return undefined
  } catch (error) {
    return error
  }
}
