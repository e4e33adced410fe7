import { types } from 'node:util'
import { runInNewContext } from 'node:vm'

import { openArtifactStore, type ArtifactStore } from '@harborage/artifacts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { callUnchecked } from '@harborage/test-kit/hostile/call-unchecked'
import { failureOf } from '@harborage/test-kit/failure-of'
import { deleteSession } from '@harborage/test-kit/delete-session'

const MAX_BYTES = 1_000
const scope = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }

let store: ArtifactStore
beforeEach(async () => {
  store = await openArtifactStore({ maxBytes: MAX_BYTES })
})
afterEach(() => store.close())

/** Claims to be empty. */
class Modest extends Uint8Array {
  override get byteLength(): number {
    return 0
  }

  override get length(): number {
    return 0
  }
}

/** Iterates over other bytes than it holds. */
class Evasive extends Uint8Array {
  override *[Symbol.iterator](): ArrayIterator<number> {
    yield 0
  }
}

describe('bytes are accepted', () => {
  test.each<[what: string, data: () => Uint8Array]>([
    ['as a Buffer', () => Buffer.from([1, 2, 3])],
    ['from another realm', foreign],
    ['from shared memory', () => filled(new SharedArrayBuffer(3))],
    [
      'from shared memory that may grow',
      () => filled(new SharedArrayBuffer(3, { maxByteLength: 9 })),
    ],
    ['from memory that may grow', () => filled(new ArrayBuffer(3, { maxByteLength: 9 }))],
    ['from a subclass with its own iterator', () => new Evasive([1, 2, 3])],
    ['from a subclass that claims to be shorter', () => new Modest([1, 2, 3])],
  ])('%s', async (_, data) => {
    const { id, sizeBytes } = await store.putBytes(scope, data())
    const held = await store.get(scope, id)
    expect(held).toEqual(new Uint8Array([1, 2, 3]))
    expect(sizeBytes).toBe(3)
    expect(held?.buffer).toBeInstanceOf(ArrayBuffer)
  })

  test('up to the limit', async () => {
    const { sizeBytes } = await store.putBytes(scope, new Uint8Array(MAX_BYTES))
    expect(sizeBytes).toBe(MAX_BYTES)
  })
})

test.each<[what: string, put: () => Promise<unknown>]>([
  ['bytes', () => store.putBytes(scope, new Uint8Array(MAX_BYTES + 1))],
  ['a gibibyte', () => store.putBytes(scope, new Uint8Array(2 ** 30))],
  ['bytes that claim to be empty', () => store.putBytes(scope, new Modest(MAX_BYTES + 1))],
  ['a string', () => store.putText(scope, 'x'.repeat(MAX_BYTES + 1))],
  ['a string that is short in characters', () => store.putText(scope, '€'.repeat(MAX_BYTES / 2))],
  ['an offloaded value', () => store.scoped(scope).offload(['x'.repeat(40_000)])],
])('%s above the limit: rejected, with the limit in the message', async (_, put) => {
  const error = await failureOf(put)
  expect(error.code).toBe('artifact_too_large')
  expect(error.message).toContain(`maxBytes (${MAX_BYTES})`)
  expect(await deleteSession(store, scope)).toBe(0)
})

test.each<[what: string, data: () => unknown]>([
  ['that were transferred', detached],
  ['that shrank out of their buffer', shrunk],
  [
    'that are an object that looks like bytes',
    () => ({ length: 3, byteLength: 3, 0: 1, 1: 2, 2: 3 }),
  ],
  ['behind a proxy', () => new Proxy(new Uint8Array(3), {})],
  ['that are clamped', () => new Uint8ClampedArray(3)],
  ['as a view without elements', () => new DataView(new ArrayBuffer(3))],
  ['as an array of numbers', () => [1, 2, 3]],
])('bytes %s are rejected', async (_, data) => {
  const error = await failureOf(() => callUnchecked(store, 'putBytes', scope, data()))
  expect(error.code).toBe('invalid_record')
  expect(await deleteSession(store, scope)).toBe(0)
})

function foreign(): Uint8Array {
  const bytes: unknown = runInNewContext('new Uint8Array([1, 2, 3])')
  if (!types.isUint8Array(bytes)) throw new Error('there are no bytes in the other realm')
  return bytes
}

function filled(buffer: ArrayBufferLike): Uint8Array {
  const bytes = new Uint8Array(buffer)
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
