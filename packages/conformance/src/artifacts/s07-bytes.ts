import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { ArtifactRef, ArtifactStore } from '@harborage/artifacts'
import { collect } from '../support/collect.ts'
import { bytesOf, textOf } from '../support/text-bytes.ts'
import type { ArtifactCases } from './support/artifact-cases.ts'
import { assertThere } from './support/assert-artifact.ts'
import { digestOf } from './support/digest.ts'
import { freshScope } from './support/fresh-scope.ts'
import { putNew, type Put } from './support/put-new.ts'

const MEBIBYTE = 1024 * 1024

/** S7: bytes are opaque, captured at the call, and the caller's own when they come back. */
export function bytes({ it }: ArtifactCases): void {
  const contents: readonly (readonly [string, Uint8Array])[] = [
    ['no bytes at all', new Uint8Array()],
    ['one zero byte', new Uint8Array(1)],
    ['every value of a byte', Uint8Array.from({ length: 256 }, (_, value) => value)],
    ['bytes that are not UTF-8', Uint8Array.of(0xc3, 0x28, 0xff, 0xfe, 0x00, 0xed, 0xa0, 0x80)],
    ['text that looks like an escape', bytesOf('\\x00\\000')],
    ['JSON text', bytesOf('{"a":[1,2,{"b":null}]}')],
    ['1 MiB of random bytes', new Uint8Array(randomBytes(MEBIBYTE))],
    ['1 MiB of zeros', new Uint8Array(MEBIBYTE)],
    ['3 MiB and a byte', new Uint8Array(randomBytes(3 * MEBIBYTE + 1))],
  ]
  for (const [description, content] of contents) {
    it(`S7 ${description} come back as they were`, async ({ store }) => {
      const scope = freshScope()
      const ref = await store.putBytes(scope, content)
      assert.equal(ref.sizeBytes, content.byteLength)
      assert.equal(ref.sha256, digestOf(content))
      const given = await store.get(scope, ref.id)
      assert.ok(given !== undefined && Buffer.from(given).equals(content), 'the same bytes')
    })
  }

  it('S7 a view into a larger buffer is stored without what is around it', async ({ store }) => {
    const scope = freshScope()
    const inside = await store.putBytes(scope, bytesOf('xxcontentxx').subarray(2, 9))
    await assertThere(store, { ref: inside, text: 'content' })
    const pooled = await store.putBytes(scope, Buffer.from('from a pool'))
    await assertThere(store, { ref: pooled, text: 'from a pool' })
  })

  it('S7 bytes in shared memory are stored as they were at the call', async ({ store }) => {
    const scope = freshScope()
    const shared = new Uint8Array(new SharedArrayBuffer(8))
    shared.set(bytesOf('captured'))
    const putting = store.putBytes(scope, shared)
    shared.fill(0)
    await assertThere(store, { ref: await putting, text: 'captured' })
  })

  it('S7 a put captures its arguments when it is called', async ({ store }) => {
    const { given, spoil, expected } = spoilablePut()
    const putting = store.putBytes(given.scope, given.data, given.options)
    spoil()
    await assertIsAsGiven(store, await putting, expected)
  })

  it('S7 a put of a text captures its arguments when it is called', async ({ store }) => {
    const { given, spoil, expected } = spoilablePut()
    const putting = store.putText(given.scope, 'captured', given.options)
    spoil()
    await assertIsAsGiven(store, await putting, expected)
  })

  it('S7 changing the arguments after a put changes nothing stored', async ({ store }) => {
    const { given, spoil, expected } = spoilablePut()
    const ref = await store.putBytes(given.scope, given.data, given.options)
    spoil()
    await assertIsAsGiven(store, ref, expected)
  })

  it("S7 the bytes that come back are the caller's own", async ({ store }) => {
    const put = await putNew(store, freshScope())
    const given = await store.get(put.ref.scope, put.ref.id)
    given?.fill(0)
    await assertThere(store, put)
    assert.notEqual(await store.get(put.ref.scope, put.ref.id), given)
  })

  it('S7 the bytes that come back have a buffer of exactly their length', async ({ store }) => {
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
    it(`S7 the ref that ${method} gives is the caller's own`, async ({ store }) => {
      const put = await putNew(store, freshScope(), 'content', { source: { deep: { list: [1] } } })
      const expected = structuredClone(put)
      const given = await read(store, put)
      given.createdAt.setTime(0)
      for (const part of ['id', 'filename', 'sha256']) Reflect.set(given, part, 'spoilt')
      assert.ok(Reflect.set(given.scope, 'userId', 'spoilt'), 'nothing of it is frozen')
      Reflect.set(Object(given.source['deep']), 'list', ['spoilt'])
      Reflect.set(given.source, 'more', 'spoilt')
      await assertThere(store, expected)
    })
  }
}

/** Every way to get the ref of an artifact that is there. */
const refReads: readonly (readonly [
  method: string,
  read: (store: ArtifactStore, put: Put) => Promise<ArtifactRef>,
])[] = [
  ['the first put', async (_, { ref }) => ref],
  ['a later put', (store, { ref, text }) => store.putText(ref.scope, text)],
  ['getRef', async (store, { ref }) => only([await store.getRef(ref.scope, ref.id)])],
  ['list', async (store, { ref }) => only(await collect(store.list(ref.scope)))],
]

function only(refs: readonly (ArtifactRef | undefined)[]): ArtifactRef {
  const [ref] = refs
  assert.ok(ref !== undefined && refs.length === 1, 'exactly one ref is expected')
  return ref
}

/** Arguments of a put whose every part can be changed after it was handed over. */
function spoilablePut() {
  const scope = freshScope()
  const options = { namespace: 'n', filename: 'kept', mimeType: 'kept', source: { a: ['kept'] } }
  const given = { scope: { ...scope }, data: bytesOf('captured'), options }
  return {
    given,
    expected: { scope, ...options, source: { a: ['kept'] } },
    spoil: () => {
      given.data.fill(0)
      given.scope.userId = 'spoilt'
      options.namespace = options.filename = options.mimeType = 'spoilt'
      options.source.a[0] = 'spoilt'
    },
  }
}

async function assertIsAsGiven(
  store: ArtifactStore,
  ref: ArtifactRef,
  expected: ReturnType<typeof spoilablePut>['expected'],
): Promise<void> {
  const { scope, namespace, filename, mimeType, source } = ref
  assert.deepEqual({ scope, namespace, filename, mimeType, source }, expected)
  await assertThere(store, { ref, text: 'captured' })
}
