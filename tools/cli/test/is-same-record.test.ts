import { expect, test } from 'vitest'
import { isSameRecord } from '../src/copying/is-same-record.ts'

const record = {
  name: 'a',
  bytes: Uint8Array.of(1, 2),
  createdAt: new Date(5),
  list: [{ n: 1 }, { n: 2, none: undefined }],
}

test('the order of names, the class of bytes and what is undefined do not matter', () => {
  const { name, list, ...others } = structuredClone(record)
  const same = { ...others, list: [{ n: 1 }, { n: 2 }], more: undefined, name }
  expect(list).toHaveLength(2)
  expect(isSameRecord(record, { ...same, bytes: Buffer.of(1, 2) })).toBe(true)
  expect(isSameRecord({ ...same, bytes: Buffer.of(1, 2) }, record)).toBe(true)
})

test.each<[string, object]>([
  ['a text', { name: 'b' }],
  ['a byte', { bytes: Uint8Array.of(1, 3) }],
  ['the number of bytes', { bytes: Uint8Array.of(1) }],
  ['bytes that are a list', { bytes: [1, 2] }],
  ['a date', { createdAt: new Date(6) }],
  ['a date that is a number', { createdAt: 5 }],
  ['an item of a list', { list: [{ n: 1 }, { n: 3 }] }],
  ['the length of a list', { list: [{ n: 1 }] }],
  ['a list that is an object', { list: { 0: { n: 1 }, 1: { n: 2 } } }],
  ['a name more', { more: null }],
  ['a name less', { name: undefined }],
])('%s makes another record', (_, changed) => {
  const other = { ...record, ...changed }
  expect(isSameRecord(record, other)).toBe(false)
  expect(isSameRecord(other, record)).toBe(false)
})
