import { HarborageError } from '@harborage/core'
import { checkName, compareNames, describeType } from '@harborage/core/kit'
import fc from 'fast-check'
import { expect, test } from 'vitest'

const name = fc.string({ unit: 'binary', maxLength: 40 })

test('names are ordered by their UTF-8 bytes', () => {
  fc.assert(
    fc.property(name, name, (left, right) => {
      const expected = Buffer.from(left).compare(Buffer.from(right))
      expect(Math.sign(compareNames(left, right))).toBe(expected)
    }),
  )
})

test('the order is not that of UTF-16, where an astral character sorts before U+FF5E', () => {
  expect(['😀', '～'].sort()).toEqual(['😀', '～'])
  expect(compareNames('😀', '～')).toBe(1)
})

test.each([
  ['a', 'a', 0],
  ['a', 'b', -1],
  ['a', 'aa', -1],
  ['', 'a', -1],
  ['Z', 'a', -1],
  ['é', 'e\u0301', 1],
])('%j compared with %j is %i', (left, right, order) => {
  expect(compareNames(left, right)).toBe(order)
  expect(compareNames(right, left)).toBe(0 - order)
})

test('a name is accepted exactly if it is short enough, well-formed and without NUL', () => {
  const anyText = fc.string({
    unit: fc.constantFrom('a', 'é', '€', '😀', '\ud800', '\udfff', '\0'),
  })
  fc.assert(
    fc.property(anyText, fc.integer({ min: 0, max: 40 }), (text, maxBytes) => {
      const fits = Buffer.byteLength(text) <= maxBytes
      const isGood = fits && text.isWellFormed() && !text.includes('\0')
      const check = (): string => checkName('field', text, 'invalid_record', maxBytes)
      if (isGood) expect(check()).toBe(text)
      else expect(check).toThrow(HarborageError)
    }),
  )
})

test.each([
  [undefined, 'undefined'],
  [null, 'null'],
  [[], 'an array'],
  [{}, 'an object'],
  ['text', 'a string'],
  [7, 'a number'],
  [7n, 'a bigint'],
  [Symbol('s'), 'a symbol'],
  [() => {}, 'a function'],
])('the type of a value is named, and never the value: %#', (value, type) => {
  expect(describeType(value)).toBe(type)
})

test('the type of a revoked proxy can be named', () => {
  const { proxy, revoke } = Proxy.revocable([], {})
  revoke()
  expect(describeType(proxy)).toBe('an object')
})
