import { runInNewContext } from 'node:vm'

import { allOfRun, newEventId } from '@harborage/core'
import { MAX_STATE_BYTES, openStateStore, type StateStore } from '@harborage/state'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { callUnchecked } from '@harborage/test-kit/hostile/call-unchecked'
import { failureOf } from '@harborage/test-kit/failure-of'
import { goodRecord, type Method } from './support/good-arguments.ts'
import { deleteSession } from '@harborage/test-kit/delete-session'

let store: StateStore

beforeEach(async () => {
  store = await openStateStore()
})

afterEach(() => store.close())

describe('bytes are accepted', () => {
  test.each<[what: string, bytes: unknown]>([
    ['as a Buffer', Buffer.from([1, 2, 3])],
    ['as a view of a larger buffer', new Uint8Array([0, 1, 2, 3, 4]).subarray(1, 4)],
    ['from a subclass', new (class Mine extends Uint8Array {})([1, 2, 3])],
    ['from another realm', runInNewContext('new Uint8Array([1, 2, 3])')],
    ['from shared memory', shared()],
    [
      'from a resizable buffer',
      new Uint8Array(new ArrayBuffer(3, { maxByteLength: 8 })).map((_, i) => i + 1),
    ],
    ['from a subclass with its own iterator', new Odd([1, 2, 3])],
  ])('%s', async (_, bytes) => {
    const record = { ...goodRecord(), bytes }
    expect(await callUnchecked(store, 'save', record)).toBe('saved')
    const held = await store.loadByEventIdOrThrow(record.identity, record.eventId)
    expect(held.bytes).toEqual(new Uint8Array([1, 2, 3]))
    expect(Object.getPrototypeOf(held.bytes)).toBe(Uint8Array.prototype)
    expect(held.bytes.buffer).toBeInstanceOf(ArrayBuffer)
  })

  test('as they are at the call, even if shared memory changes afterwards', async () => {
    const bytes = shared()
    const record = { ...goodRecord(), bytes }
    const saving = store.save(record)
    bytes.fill(9)
    await saving
    const held = await store.loadByEventIdOrThrow(record.identity, record.eventId)
    expect(held.bytes).toEqual(new Uint8Array([1, 2, 3]))
  })

  test('up to 64 MiB', async () => {
    const bytes = new Uint8Array(MAX_STATE_BYTES)
    expect(await store.save({ ...goodRecord(), bytes })).toBe('saved')
  })
})

describe('bytes are rejected by the name of the field', () => {
  test.each<[what: string, bytes: () => unknown]>([
    ['above 64 MiB', () => new Uint8Array(MAX_STATE_BYTES + 1)],
    ['above 64 MiB, even if they claim to be shorter', () => new Modest(MAX_STATE_BYTES + 1)],
    ['whose buffer was transferred', detached],
    ['that shrank out of their buffer', shrunk],
    ['as an object that looks like bytes', () => ({ length: 3, byteLength: 3, 0: 1, 1: 2, 2: 3 })],
    ['behind a proxy', () => new Proxy(new Uint8Array(3), {})],
    ['as 16-bit numbers', () => new Uint16Array(3)],
    ['as clamped bytes', () => new Uint8ClampedArray(3)],
    ['as a buffer without a view', () => new ArrayBuffer(3)],
    ['as a view without elements', () => new DataView(new ArrayBuffer(3))],
    ['as a string', () => 'abc'],
    ['as an array of numbers', () => [1, 2, 3]],
  ])('%s', async (_, bytes) => {
    const record = { ...goodRecord(), bytes: bytes() }
    const error = await failureOf(() => callUnchecked(store, 'save', record))
    expect(error.code).toBe('invalid_record')
    expect(error.message).toMatch(/^bytes /)
    expect(await store.load(record.identity, record.kind)).toBeUndefined()
  })
})

describe('the date of a record', () => {
  test.each<[what: string, updatedAt: unknown]>([
    ['may come from another realm', runInNewContext('new Date(7)')],
    ['may come from a subclass', new (class Mine extends Date {})(7)],
  ])('%s', async (_, updatedAt) => {
    const record = { ...goodRecord(), updatedAt }
    expect(await callUnchecked(store, 'save', record)).toBe('saved')
    const held = await store.loadByEventIdOrThrow(record.identity, record.eventId)
    expect(held.updatedAt).toEqual(new Date(7))
    expect(Object.getPrototypeOf(held.updatedAt)).toBe(Date.prototype)
  })

  test.each<[what: string, updatedAt: unknown]>([
    ['a string', '2026-01-01T00:00:00Z'],
    ['a number', 7],
    ['null', null],
    ['an invalid Date', new Date(Number.NaN)],
    ['an object that looks like a Date', { getTime: () => 7 }],
  ])('must not be %s', async (_, updatedAt) => {
    const record = { ...goodRecord(), updatedAt }
    const error = await failureOf(() => callUnchecked(store, 'save', record))
    expect(error.code).toBe('invalid_record')
    expect(error.message).toMatch(/^updatedAt /)
  })
})

describe('a commit', () => {
  const slotAt = (index: number) => ({ identity: goodRecord().identity, kind: `k${index}` })
  const many = (count: number) => Array.from({ length: count }, (_, index) => index)

  test('accepts 1,000 entries in each list', async () => {
    const { save: outcomes } = await store.commit({
      expect: many(1_000).map((index) => ({ ...slotAt(index), eventId: null })),
      save: many(1_000).map((index) => ({
        ...slotAt(index),
        eventId: newEventId(),
        bytes: new Uint8Array(),
      })),
      delete: many(1_000).map((index) => slotAt(index + 1_000)),
    })
    expect(new Set(outcomes)).toEqual(new Set(['saved']))
  })

  const lists = ['expect', 'save', 'saveIfEmpty', 'delete', 'deletePrefix']
  test.each(lists)('rejects 1,001 entries in %s', async (list) => {
    const entries = many(1_001).map((index) => ({ ...goodRecord(), kind: `k${index}` }))
    const error = await failureOf(() => callUnchecked(store, 'commit', { [list]: entries }))
    expect(error.code).toBe('invalid_record')
    expect(error.message).toMatch(new RegExp(`^${list} has more than 1000 entries`))
  })

  test('rejects a list whose iterator never ends', async () => {
    const endless = Object.assign([], {
      *[Symbol.iterator]() {
        for (;;) yield goodRecord()
      },
    })
    const error = await failureOf(() => callUnchecked(store, 'commit', { save: endless }))
    expect(error.message).toContain('save has more than 1000 entries')
  })

  test('names the index of a hole in a sparse list', async () => {
    const entries = [goodRecord()]
    entries[2] = { ...goodRecord(), kind: 'other' }
    const error = await failureOf(() => store.commit({ save: entries }))
    expect(error.code).toBe('invalid_record')
    expect(error.message).toMatch(/^save\[1\] is undefined/)
  })

  test.each([{}, { save: [] }, { expect: [], save: [], delete: [] }])(
    'rejects an empty transaction: %#',
    async (transaction) => {
      const error = await failureOf(() => callUnchecked(store, 'commit', transaction))
      expect(error.code).toBe('invalid_record')
      expect(error.message).toContain('the transaction is empty')
    },
  )

  test.each([
    [
      'a misspelled list',
      { expects: [{ ...slotAt(1), eventId: null }] },
      'expect, save, saveIfEmpty',
    ],
    ['another misspelled list', { saves: [goodRecord()] }, 'expect, save, saveIfEmpty'],
    ['expect that is undefined', { expect: undefined }, 'expect is undefined'],
    ['delete that is undefined', { delete: undefined }, 'delete is undefined'],
  ])('rejects %s besides a save, which may depend on it', async (_, wrong, named) => {
    const record = goodRecord()
    const transaction = { save: [record], ...wrong }
    const error = await failureOf(() => callUnchecked(store, 'commit', transaction))
    expect(error.code).toBe('invalid_record')
    expect(error.message).toContain(named)
    expect(await store.load(record.identity, record.kind)).toBeUndefined()
  })
})

describe('an unknown option', () => {
  const { identity, kind } = goodRecord()
  const eventId = newEventId()
  const scope = { maintenanceScoped: true }

  test.each<[method: Method, args: readonly unknown[], option: string, known: string]>([
    ['save', [{ ...goodRecord(), eventId }], 'ifEventID', 'signal, ifEventId'],
    ['delete', [identity, kind], 'ifEventid', 'signal, ifEventId'],
    ['commit', [{ save: [{ ...goodRecord(), eventId }] }], 'ifEventId', 'signal'],
    ['load', [identity, kind], 'abortSignal', 'signal'],
    ['loadOrThrow', [identity, kind], 'abortSignal', 'signal'],
    ['loadByEventId', [identity, eventId], 'abortSignal', 'signal'],
    ['loadByEventIdOrThrow', [identity, eventId], 'abortSignal', 'signal'],
    ['deleteAll', [allOfRun({ runId: 'r1', ...identity })], 'ifEventId', 'signal, onProgress'],
    ['loadMany', [[{ identity, kind }]], 'limit', 'signal'],
    ['list', [identity, kind], 'Limit', 'signal, pageSize, order, limit, from, to'],
    ['list', [identity, kind], 'pagesize', 'signal, pageSize, order, limit, from, to'],
    ['listKeys', [identity, kind], 'until', 'signal, pageSize, order, limit, from, to'],
    ['count', [identity, kind], 'limit', 'signal, from, to'],
    ['listKind', [scope, kind], 'limit', 'signal, pageSize'],
  ])(
    'of %s is rejected, and the error names the known options',
    async (method, args, option, known) => {
      const held = goodRecord()
      await store.save(held)
      const options = { [option]: null }
      const error = await failureOf(() => callUnchecked(store, method, ...args, options))
      expect(error.code).toBe('invalid_record')
      expect(error.message).toMatch(new RegExp(`^options .* it takes ${known}$`))
      expect(await store.load(identity, kind)).toEqual({ ...held, createdAt: held.updatedAt })
    },
  )

  test('is quoted if it is similar to a known name or known elsewhere, and not if it may be payload', async () => {
    const message = async (name: string): Promise<string> => {
      const error = await failureOf(() =>
        callUnchecked(store, 'save', goodRecord(), { [name]: null }),
      )
      return error.message
    }
    expect(await message('ifEventID')).toContain(
      'has the unknown name ifEventID instead of ifEventId',
    )
    expect(await message('runId')).toContain('has the name runId, which does not belong there')
    expect(await message('secretly')).toMatch(/^options has a name that this call does not know/)
  })
})

test.each(['load', 'save', 'delete', 'list', 'listKind', 'commit'] as const)(
  'a bare AbortSignal passed to %s as options is rejected, since it would be ignored',
  async (method) => {
    const { signal } = new AbortController()
    const { identity, kind } = goodRecord()
    const args = {
      load: [identity, kind],
      save: [goodRecord()],
      delete: [identity, kind],
      list: [identity, 't'],
      listKind: [{ maintenanceScoped: true }, 't'],
      commit: [{ save: [goodRecord()] }],
    }
    const error = await failureOf(() => callUnchecked(store, method, ...args[method], signal))
    expect(error.code).toBe('invalid_record')
    expect(error.message).toMatch(/^options /)
  },
)

test('names of Object.prototype are accepted like any other name', async () => {
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    const identity = { tenantId: name, userId: name, sessionId: name, runId: name }
    expect(await store.load(identity, name)).toBeUndefined()
    const record = { ...goodRecord(), identity, kind: name }
    expect(await store.save(record)).toBe('saved')
    const held = await store.loadOrThrow(identity, name)
    expect(held).toEqual({ ...record, createdAt: record.updatedAt })
    expect(await deleteSession(store, { tenantId: name, userId: name, sessionId: name })).toBe(1)
  }
})

/** Claims to be empty. */
class Modest extends Uint8Array {
  override get byteLength(): number {
    return 0
  }
  override get length(): number {
    return 0
  }
}

class Odd extends Uint8Array {
  override *[Symbol.iterator](): ArrayIterator<number> {
    yield 7
  }
}

function shared(): Uint8Array {
  const bytes = new Uint8Array(new SharedArrayBuffer(3))
  bytes.set([1, 2, 3])
  return bytes
}

function detached(): Uint8Array {
  const bytes = new Uint8Array([1, 2, 3])
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] })
  return bytes
}

function shrunk(): Uint8Array {
  const buffer = new ArrayBuffer(8, { maxByteLength: 8 })
  const bytes = new Uint8Array(buffer, 4, 4)
  buffer.resize(2)
  return bytes
}
