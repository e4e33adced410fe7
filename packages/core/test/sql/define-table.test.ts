import { defineTable } from '@harborage/core/sql'
import { expect, test } from 'vitest'

const notes = defineTable({
  name: 'notes',
  columns: {
    tenant_id: 'text',
    id: 'text',
    size: 'integer',
    created_at: 'timestamp',
    bytes: 'bytes',
    image: 'large_bytes',
  },
  key: ['tenant_id', 'id'],
})

const row = {
  tenant_id: 'acme',
  id: 'n1',
  size: 3,
  created_at: 5,
  bytes: new Uint8Array(3),
  image: new Uint8Array(40),
}

test('a select list has the columns of the table in order, except for the given ones', () => {
  expect(notes.except()).toEqual(Object.keys(row))
  expect(notes.except('bytes', 'size')).toEqual(['tenant_id', 'id', 'created_at', 'image'])
})

test('a row and a key have just their columns, taken from a larger object or from placeholders', () => {
  const stored = { ...row, more: true }
  expect(notes.rowOf(stored)).toEqual(row)
  expect(notes.keyOf(stored)).toEqual({ tenant_id: 'acme', id: 'n1' })
  const unlisted = new Proxy(row, { ownKeys: () => [] })
  expect(notes.rowOf(unlisted)).toEqual(row)
})

test('the text of a key differs for different keys', () => {
  expect(notes.keyText(row)).toBe('["acme","n1"]')
  expect(notes.keyText({ tenant_id: 'a","b', id: '' })).not.toBe(
    notes.keyText({ tenant_id: 'a', id: 'b","' }),
  )
})

test('the size of a row grows with its bytes, in any kind of byte array', () => {
  const empty = { ...row, bytes: new Uint8Array(), image: Buffer.alloc(0) }
  expect(notes.sizeOf(row) - notes.sizeOf(empty)).toBe(43)
})
