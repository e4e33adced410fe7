import { isHarborageError, type JsonObject } from '@harborage/core'
import { strictJson, strictJsonObject } from '@harborage/core/kit'
import { describe, expect, test } from 'vitest'

const circle: Record<string, unknown> = {}
circle['self'] = { circle }

const writesItself: object = Object.setPrototypeOf(
  {},
  Object.setPrototypeOf({ toJSON: () => 'b' }, null) as object,
) as object
/** The types of the language know no JSON.rawJSON yet. */
function rawJson(text: string): unknown {
  const make: unknown = Reflect.get(JSON, 'rawJSON')
  return typeof make === 'function' ? Reflect.apply(make, JSON, [text]) : undefined
}

const getter: PropertyDescriptor = { get: () => 1, enumerable: true }

describe('strict JSON', () => {
  test.each<[JsonObject]>([
    [{}],
    [{ text: 'a', number: -1.5, truth: true, nothing: null, list: [1, [2], { three: 3 }] }],
    [JSON.parse('{"__proto__":{"polluted":true}}')],
    [Object.assign(Object.create(null), { bare: 1 })],
  ])('writes %j unchanged', (value) => {
    expect(JSON.parse(strictJsonObject('source', value, 1_000))).toEqual(value)
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })

  test('writes a part that occurs in two places twice, and does not take it for a cycle', () => {
    const part = { shared: true }
    expect(strictJson('value', [part, part])).toBe('[{"shared":true},{"shared":true}]')
  })

  test('writes -0 as 0', () => {
    expect(strictJson('value', [-0, -1])).toBe('[0,-1]')
  })

  test.each<[what: string, value: unknown, place: string]>([
    ['a function', { secret: () => 1 }, 'source.* is'],
    ['undefined', { secret: { b: undefined } }, 'source.*.* is'],
    ['a symbol', { secret: [Symbol('x')] }, 'source.*[0] is'],
    ['NaN', { secret: Number.NaN }, 'source.* is'],
    ['an infinite number', { secret: Number.POSITIVE_INFINITY }, 'source.* is'],
    ['a BigInt', { secret: 1n }, 'source.* is'],
    ['a Date', { secret: new Date() }, 'source.* is'],
    ['a Map', { secret: new Map() }, 'source.* is'],
    ['what JSON.rawJSON returns', { secret: rawJson('1e999') }, 'source.* is'],
    ['an object with a toJSON', { secret: { toJSON: () => 'b' } }, 'source.*.* is'],
    ['an object that inherits a toJSON', { secret: writesItself }, 'source.* is'],
    ['a list with a toJSON', { secret: Object.assign([1], { toJSON: () => 'b' }) }, 'source.* is'],
    ['a list with a name of its own', { secret: Object.assign([1], { b: 2 }) }, 'source.* is'],
    ['a list with a hole', { secret: Array.from([1]).concat(Array(1)) }, 'source.* is'],
    [
      'a list with a hole and a name of its own',
      { secret: Object.assign([1, 2, 3], { length: 4, b: 2 }) },
      'source.*[3] is',
    ],
    ['a name that is a symbol', { secret: { [Symbol('secret')]: 1 } }, 'source.* has'],
    [
      'a name that is not enumerable',
      { secret: Object.defineProperty({}, 'secret', { value: 1 }) },
      'source.*.* is',
    ],
    ['a getter', { secret: Object.defineProperty([], 0, getter) }, 'source.*[0] is'],
    ['a circle', circle, 'source.*.* contains itself'],
  ])('rejects %s, naming its place but no name', (_, value, place) => {
    const error = thrownBy(() => strictJsonObject('source', value, 1_000))
    expect(isHarborageError(error, 'invalid_record')).toBe(true)
    expect(String(error)).toContain(place)
    expect(String(error)).not.toContain('secret')
  })

  test('reads each part once, so that what was checked is what is written', () => {
    let asked = 0
    const value = new Proxy(
      { a: 1 },
      {
        getOwnPropertyDescriptor: () => ({
          value: (asked += 1) === 1 ? 'first' : undefined,
          enumerable: true,
          configurable: true,
          writable: true,
        }),
        get: () => undefined,
      },
    )
    expect(strictJson('value', value)).toBe('{"a":"first"}')
    expect(asked).toBe(1)
  })

  test('stops at its limit, however often a value repeats its parts', () => {
    let repeated: unknown = 'part'
    for (let level = 0; level < 90; level += 1) repeated = [repeated, repeated]
    const error = thrownBy(() => strictJsonObject('source', { repeated }, 64 * 1024))
    expect(isHarborageError(error, 'invalid_record')).toBe(true)
    expect(String(error)).toContain('longer than 65536 bytes')
  })

  test('has a short message for the longest name', () => {
    const value = { ['x'.repeat(1_000_000)]: undefined }
    expect(String(thrownBy(() => strictJson('value', value))).length).toBeLessThan(300)
  })

  test('rejects nesting so deep that it could exhaust the stack', () => {
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
