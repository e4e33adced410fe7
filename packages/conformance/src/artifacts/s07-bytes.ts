import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { ArtifactRef, ArtifactStore } from '@harborage/artifacts'
import { byteContents, MEBIBYTE, type ByteContent } from '../support/byte-contents.ts'
import { collect } from '../support/collect.ts'
import { bytesOf, textOf } from '../support/text-bytes.ts'
import type { ArtifactCases } from './support/artifact-cases.ts'
import { assertStored } from './support/assert-artifact.ts'
import { digestOf } from './support/digest.ts'
import { freshScope } from './support/fresh-scope.ts'
import { putNew, type Put } from './support/put-new.ts'

/**
 * Registers the cases of S7: bytes are opaque, captured at the call, and owned by the caller once
 * they are returned.
 */
export function bytes({ it }: ArtifactCases): void {
  const contents: readonly ByteContent[] = [
    ...byteContents(),
    ['3 MiB and a byte', new Uint8Array(randomBytes(3 * MEBIBYTE + 1))],
  ]
  for (const [description, content] of contents) {
    it(`S7 ${description} is returned unchanged`, async ({ store }) => {
      const scope = freshScope()
      const ref = await store.putBytes(scope, content)
      assert.equal(ref.sizeBytes, content.byteLength)
      assert.equal(ref.sha256, digestOf(content))
      const given = await store.get(scope, ref.id)
      assert.ok(given !== undefined && Buffer.from(given).equals(content), 'the same bytes')
    })
  }

  it('S7 a view into a larger buffer is stored without the rest of the buffer', async ({
    store,
  }) => {
    const scope = freshScope()
    const inside = await store.putBytes(scope, bytesOf('xxcontentxx').subarray(2, 9))
    await assertStored(store, { ref: inside, text: 'content' })
    const pooled = await store.putBytes(scope, Buffer.from('from a pool'))
    await assertStored(store, { ref: pooled, text: 'from a pool' })
  })

  it('S7 bytes in shared memory are captured when put is called', async ({ store }) => {
    const scope = freshScope()
    const shared = new Uint8Array(new SharedArrayBuffer(8))
    shared.set(bytesOf('captured'))
    const putting = store.putBytes(scope, shared)
    shared.fill(0)
    await assertStored(store, { ref: await putting, text: 'captured' })
  })

  it('S7 a put captures its arguments when it is called', async ({ store }) => {
    const { given, mutate, expected } = mutablePut()
    const putting = store.putBytes(given.scope, given.data, given.options)
    mutate()
    await assertMatches(store, await putting, expected)
  })

  it('S7 a put of a text captures its arguments when it is called', async ({ store }) => {
    const { given, mutate, expected } = mutablePut()
    const putting = store.putText(given.scope, 'captured', given.options)
    mutate()
    await assertMatches(store, await putting, expected)
  })

  it('S7 changing the arguments after a put changes nothing stored', async ({ store }) => {
    const { given, mutate, expected } = mutablePut()
    const ref = await store.putBytes(given.scope, given.data, given.options)
    mutate()
    await assertMatches(store, ref, expected)
  })

  it('S7 returned bytes are owned by the caller', async ({ store }) => {
    const put = await putNew(store, freshScope())
    const given = await store.get(put.ref.scope, put.ref.id)
    given?.fill(0)
    await assertStored(store, put)
    assert.notEqual(await store.get(put.ref.scope, put.ref.id), given)
  })

  it('S7 returned bytes have a buffer of exactly their length', async ({ store }) => {
    for (const text of ['', 'a', 'content', 'x'.repeat(100_000)]) {
      const { ref } = await putNew(store, freshScope(), text)
      const given = await store.get(ref.scope, ref.id)
      assert.ok(given !== undefined && textOf(given) === text)
      assert.equal(Object.getPrototypeOf(given), Uint8Array.prototype, 'a plain Uint8Array')
      assert.equal(given.byteOffset, 0)
      assert.equal(given.buffer.byteLength, given.byteLength)
    }
  })

  for (const [method, read] of refReads) {
    it(`S7 a ref that ${method} returns is owned by the caller`, async ({ store }) => {
      const put = await putNew(store, freshScope(), 'content', { source: { deep: { list: [1] } } })
      const expected = structuredClone(put)
      const given = await read(store, put)
      given.createdAt.setTime(0)
      for (const part of ['id', 'filename', 'sha256']) Reflect.set(given, part, 'mutated')
      assert.ok(Reflect.set(given.scope, 'userId', 'mutated'), 'no part of it may be frozen')
      Reflect.set(Object(given.source['deep']), 'list', ['mutated'])
      Reflect.set(given.source, 'more', 'mutated')
      await assertStored(store, expected)
    })
  }
}

/** Every way to get the ref of an artifact. */
const refReads: readonly (readonly [
  method: string,
  read: (store: ArtifactStore, put: Put) => Promise<ArtifactRef>,
])[] = [
  ['the first put', async (_, { ref }) => ref],
  ['a later put', (store, { ref, text }) => store.putText(ref.scope, text)],
  ['getRef', async (store, { ref }) => only([await store.getRef(ref.scope, ref.id)])],
  ['getRefs', async (store, { ref }) => only(await store.getRefs(ref.scope, [ref.id]))],
  ['list', async (store, { ref }) => only(await collect(store.list(ref.scope)))],
]

function only(refs: readonly (ArtifactRef | undefined)[]): ArtifactRef {
  const [ref] = refs
  assert.ok(ref !== undefined && refs.length === 1, 'exactly one ref is expected')
  return ref
}

/** Returns arguments of a put and a function that changes every part of them. */
function mutablePut() {
  const scope = freshScope()
  const options = { namespace: 'n', filename: 'kept', mimeType: 'kept', source: { a: ['kept'] } }
  const given = { scope: { ...scope }, data: bytesOf('captured'), options }
  return {
    given,
    expected: { scope, ...options, source: { a: ['kept'] } },
    mutate: () => {
      given.data.fill(0)
      given.scope.userId = 'mutated'
      options.namespace = options.filename = options.mimeType = 'mutated'
      options.source.a[0] = 'mutated'
    },
  }
}

async function assertMatches(
  store: ArtifactStore,
  ref: ArtifactRef,
  expected: ReturnType<typeof mutablePut>['expected'],
): Promise<void> {
  const { scope, namespace, filename, mimeType, source } = ref
  assert.deepEqual({ scope, namespace, filename, mimeType, source }, expected)
  await assertStored(store, { ref, text: 'captured' })
}
