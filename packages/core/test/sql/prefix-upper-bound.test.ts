import { compareNames } from '@harborage/core/kit'
import { prefixUpperBound } from '@harborage/core/sql'
import fc from 'fast-check'
import { expect, test } from 'vitest'

// Code points on both sides of every boundary: of the lengths in UTF-8, the surrogates and the end.
const borders = [
  0x01, 0x7e, 0x7f, 0x80, 0x7ff, 0x800, 0xd7fe, 0xd7ff, 0xe000, 0xfffe, 0xffff, 0x10000, 0x10fffe,
  0x10ffff,
].map((point) => String.fromCodePoint(point))
const unit = fc.oneof(
  fc.constantFrom(...borders),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
)
const text = fc.string({ unit, maxLength: 6 })

function isInRange(prefix: string, name: string): boolean {
  return compareNames(prefix, name) <= 0 && compareNames(name, prefixUpperBound(prefix)) < 0
}

test('a name begins with a prefix exactly if it lies between the prefix and its upper bound', () => {
  fc.assert(
    fc.property(text, text, (prefix, name) => {
      fc.pre(prefix !== '')
      expect(isInRange(prefix, name)).toBe(name.startsWith(prefix))
    }),
    { numRuns: 5_000 },
  )
})

test('every name of up to 1,024 bytes that begins with the prefix lies there', () => {
  const rest = fc.string({ unit, maxLength: 60 })
  fc.assert(
    fc.property(text, rest, (prefix, more) => {
      const name = prefix + more
      fc.pre(prefix !== '' && Buffer.byteLength(name) <= 1_024)
      expect(isInRange(prefix, name)).toBe(true)
    }),
    { numRuns: 5_000 },
  )
})

test.each([
  ['task.', 'task/'],
  ['a\u007f', 'a\u0080'],
  ['\ud7ff', '\ue000'],
  ['\uffff', '\u{10000}'],
  ['a\u{10ffff}', 'b'],
  ['a\u{10ffff}\u{10ffff}', 'b'],
])('the upper bound of %j is %j', (prefix, after) => {
  expect(prefixUpperBound(prefix)).toBe(after)
})

test('the upper bound of a prefix of only the last code point sorts after every name', () => {
  const longestName = '\u{10ffff}'.repeat(256)
  expect(isInRange('\u{10ffff}', longestName)).toBe(true)
  expect(prefixUpperBound('\u{10ffff}').isWellFormed()).toBe(true)
})
