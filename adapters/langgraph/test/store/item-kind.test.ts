import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import {
  afterFolder,
  afterLabels,
  folderOf,
  kindOf,
  rangeBelow,
  spelledName,
} from '../../src/store/item-kind.ts'

const unit = fc.constantFrom(
  ...[
    'a',
    'b',
    '/',
    '!',
    '"',
    ' ',
    '%',
    '0',
    '-',
    '%2f',
    'é',
    '😀',
    '\ud800',
    '\udc00',
    '\0',
    '\n',
  ],
)
const text = fc.string({ unit, maxLength: 6 })
const long = fc
  .tuple(text, fc.integer({ min: 0, max: 700 }))
  .map(([start, length]) => start + 'x'.repeat(length))
const label = fc.oneof({ weight: 6, arbitrary: text }, long).filter((each) => each !== '')
const namespace = fc.array(label, { minLength: 1, maxLength: 4 })
const name = fc.record({ namespace, key: fc.oneof({ weight: 3, arbitrary: text }, long) })

/** Returns how two kinds are ordered by their bytes. */
function compare(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right))
}

function isBelow(labels: readonly string[], other: readonly string[]): boolean {
  return labels.every((each, index) => each === other[index])
}

describe('the kind of an item', () => {
  test('is one that every driver takes, however hostile the name', () => {
    fc.assert(
      fc.property(name, (each) => {
        const kind = kindOf(each)
        expect(Buffer.byteLength(kind)).toBeLessThanOrEqual(1024)
        expect(kind.isWellFormed()).toBe(true)
        expect(kind).not.toMatch(/\p{Cc}/u)
      }),
    )
  })

  test('is that of no other item', () => {
    fc.assert(
      fc.property(name, name, (one, other) => {
        fc.pre(JSON.stringify(one) !== JSON.stringify(other))
        expect(kindOf(one)).not.toBe(kindOf(other))
      }),
      { numRuns: 2000 },
    )
  })

  test('tells the name where it fits', () => {
    fc.assert(
      fc.property(name, (each) => {
        const spelled = spelledName(kindOf(each))
        const size = Buffer.byteLength(encodeURIComponent(String(each.namespace).toWellFormed()))
        if (size < 100) expect(spelled.namespace).toEqual(each.namespace)
        expect([undefined, ...each.namespace]).toEqual(
          expect.arrayContaining([spelled.namespace?.[0]]),
        )
        if (spelled.key !== undefined) expect(spelled.key).toBe(each.key)
        if (each.key.length < 10) expect(spelled.key).toBe(each.key)
      }),
    )
  })

  test('is readable where the name is', () => {
    const kind = kindOf({ namespace: ['users', 'ann@example.com', 'ünïcode'], key: 'a/b c' })
    expect(kind).toBe('lgs/users/ann@example.com/ünïcode/!a/b c')
  })

  test('is in the range of each namespace above it, and in that of no other', () => {
    fc.assert(
      fc.property(name, fc.oneof(namespace, fc.constant([])), (each, other) => {
        const prefixes = [
          other,
          ...each.namespace.map((_, end) => each.namespace.slice(0, end + 1)),
        ]
        for (const labels of prefixes) {
          const { prefix, isExact } = rangeBelow(labels)
          const isIn = kindOf(each).startsWith(prefix)
          if (isExact) expect(isIn).toBe(isBelow(labels, each.namespace))
          else if (isBelow(labels, each.namespace)) expect(isIn).toBe(true)
        }
      }),
      { numRuns: 1000 },
    )
  })

  test('is passed over with its namespace, and no kind of another one is', () => {
    fc.assert(
      fc.property(name, name, (each, other) => {
        const folder = folderOf(kindOf(each))
        const end = afterFolder(folder)
        const isSame = folderOf(kindOf(other)) === folder
        expect(compare(kindOf(each), end)).toBe(-1)
        const isPassed = compare(kindOf(other), folder) >= 0 && compare(kindOf(other), end) < 0
        expect(isPassed).toBe(isSame)
      }),
      { numRuns: 1000 },
    )
  })

  test('is passed over with all that are cut to the same labels', () => {
    const labels = text.filter((each) => each !== '')
    const short = fc.record({
      namespace: fc.array(labels, { minLength: 1, maxLength: 3 }),
      key: text,
    })
    fc.assert(
      fc.property(short, short, fc.integer({ min: 1, max: 4 }), (each, other, count) => {
        const end = afterLabels(folderOf(kindOf(each)), count)
        const isAfter = compare(kindOf(other), kindOf(each)) >= 0
        const isPassed = isAfter && compare(kindOf(other), end) < 0
        const isCutAlike =
          JSON.stringify(other.namespace.slice(0, count)) ===
          JSON.stringify(each.namespace.slice(0, count))
        if (isPassed) expect(isCutAlike).toBe(true)
        if (isAfter && isCutAlike && each.namespace.length >= count) expect(isPassed).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })
})
