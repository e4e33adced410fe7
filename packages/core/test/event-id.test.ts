import { isHarborageError, newEventId, parseEventId } from '@harborage/core'
import { parseEventIds } from '@harborage/core/kit'
import { expect, test } from 'vitest'

test('an event id is a ULID of the current time', () => {
  const before = Date.now()
  const eventId = newEventId()
  expect(eventId).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/)
  expect(timeOf(eventId)).toBeGreaterThanOrEqual(before)
  expect(timeOf(eventId)).toBeLessThanOrEqual(Date.now())
})

test('each of 100,000 event ids is larger than the one before', () => {
  const eventIds = Array.from({ length: 100_000 }, newEventId)
  expect(eventIds.findIndex((id, index) => index > 0 && id <= (eventIds[index - 1] ?? ''))).toBe(-1)
})

test.each([
  ['a ULID', '01JZ6Q5V3M6Q8N1T4W7Y9B2C5D'],
  ['any other text', 'order-4711/é'],
  ['128 bytes', 'é'.repeat(64)],
])('%s is returned unchanged', (_, text) => {
  expect(parseEventId(text)).toBe(text)
})

test.each([
  ['an empty text', ''],
  ['129 bytes', 'a'.repeat(129)],
  ['130 bytes of two each', 'é'.repeat(65)],
  ['a NUL', 'a\0'],
  ['a lone surrogate', '\ud800'],
  ['undefined', undefined],
  ['null', null],
  ['a number', 7],
  ['an object', {}],
])('%s is rejected, naming the field', (_, value) => {
  const parse = (): unknown => Reflect.apply(parseEventId, undefined, [value])
  expect(parse).toThrow(/^eventId /)
  expect(parse).toThrow(expect.toSatisfy((error) => isHarborageError(error, 'invalid_record')))
})

test('stored event ids are returned unchanged', () => {
  const texts = ['a', 'order-4711/é', 'é'.repeat(64), newEventId()]
  expect(parseEventIds(texts)).toEqual(texts)
  expect(parseEventIds([])).toEqual([])
})

test.each([
  ['an empty text', ['']],
  ['129 bytes', ['a'.repeat(129)]],
  ['130 bytes of two each', ['é'.repeat(65)]],
  ['a NUL', ['a\0']],
  ['a lone surrogate', ['\ud800']],
  ['the halves of one character', ['\ud83d', '\ude00']],
])('stored event ids with %s among them are rejected', (_, texts) => {
  for (const around of [texts, ['a', ...texts], [...texts, 'a']]) {
    expect(() => parseEventIds(around)).toThrow(
      expect.toSatisfy((error) => isHarborageError(error, 'invalid_record')),
    )
  }
})

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

function timeOf(ulid: string): number {
  return [...ulid.slice(0, 10)].reduce((time, digit) => time * 32 + alphabet.indexOf(digit), 0)
}
