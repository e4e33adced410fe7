import assert from 'node:assert/strict'
import {
  DEFAULT_THRESHOLD_BYTES,
  type ArtifactRef,
  type ArtifactStore,
  type OffloadOptions,
  type OffloadValue,
} from '@harborage/artifacts'
import { rejectionOf } from '../support/rejection-of.ts'
import { assertFails } from '../support/assert-fails.ts'
import { collect } from '../support/collect.ts'
import { malformed } from '../support/malformed.ts'
import { invalidCallOptions } from '../support/malformed-values.ts'
import { bytesOf } from '../support/text-bytes.ts'
import type { ArtifactCases } from './support/artifact-cases.ts'
import { assertSameRef, assertSameRefs, assertStored } from './support/assert-artifact.ts'
import { freshScope } from './support/fresh-scope.ts'
import { inheriting } from './support/inheriting.ts'
import { malformedPutOptions } from './support/malformed-arguments.ts'
import { nonJsonValues } from './support/non-json.ts'
import { deleteSession } from '../support/delete-session.ts'

/** Values, each with the content of its artifact and the MIME type. */
const values: readonly (readonly [
  description: string,
  value: OffloadValue,
  content: string,
  mimeType: string,
])[] = [
  ['a text', 'héllo', 'héllo', 'text/plain; charset=utf-8'],
  ['bytes', bytesOf('bytes'), 'bytes', 'application/octet-stream'],
  ['an object', { b: [1, 'é'], a: null }, '{"b":[1,"é"],"a":null}', 'application/json'],
  ['a list', [1, [true], {}], '[1,[true],{}]', 'application/json'],
  ['a number', -1.5, '-1.5', 'application/json'],
  ['true', true, 'true', 'application/json'],
  ['null', null, 'null', 'application/json'],
]

/** Registers the cases of A7: offload stores large values as artifacts and returns small ones. */
export function offload({ it }: ArtifactCases): void {
  for (const [description, value, content, mimeType] of values) {
    const size = Buffer.byteLength(content)

    it(`A7 ${description} is returned inline up to the threshold`, async ({ store }) => {
      const scope = freshScope()
      for (const thresholdBytes of [size, size + 1, undefined]) {
        const options = thresholdBytes === undefined ? {} : { thresholdBytes }
        const answer = await store.scoped(scope).offload(value, options)
        assert.deepEqual(Object.keys(answer), ['kind', 'value'])
        assert.ok(
          answer.kind === 'inline' && answer.value === value,
          'the same value has to be returned',
        )
      }
      assert.equal(await deleteSession(store, scope), 0, 'nothing may be stored')
    })

    it(`A7 ${description} above the threshold becomes an artifact`, async ({ store }) => {
      const ref = await offloadLarge(store, value, { thresholdBytes: size - 1 })
      await assertStored(store, { ref, text: content })
      assert.equal(ref.mimeType, mimeType)
      assert.equal(ref.sizeBytes, size)
    })
  }

  it(`A7 the default threshold is ${DEFAULT_THRESHOLD_BYTES} bytes`, async ({ store }) => {
    assert.equal(DEFAULT_THRESHOLD_BYTES, 32_768)
    const view = store.scoped(freshScope())
    const edges: readonly (readonly [most: OffloadValue, more: OffloadValue])[] = [
      ['x'.repeat(32_768), 'x'.repeat(32_769)],
      ['é'.repeat(16_384), `${'é'.repeat(16_384)}x`],
      [new Uint8Array(32_768), new Uint8Array(32_769)],
      [['x'.repeat(32_764)], ['x'.repeat(32_765)]],
    ]
    for (const [most, more] of edges) {
      assert.equal((await view.offload(most)).kind, 'inline')
      assert.equal((await view.offload(more)).kind, 'artifact')
    }
  })

  it('A7 with a threshold of 0 only empty values are returned inline', async ({ store }) => {
    const view = store.scoped(freshScope())
    const thresholdBytes = 0
    assert.equal((await view.offload('', { thresholdBytes })).kind, 'inline')
    assert.equal((await view.offload(new Uint8Array(), { thresholdBytes })).kind, 'inline')
    assert.equal((await view.offload('x', { thresholdBytes })).kind, 'artifact')
    assert.equal((await view.offload({}, { thresholdBytes })).kind, 'artifact')
  })

  it('A7 offload stores the metadata of the artifact', async ({ store }) => {
    const given = {
      namespace: 'tool',
      mimeType: 'text/csv',
      filename: 'a.csv',
      source: { step: 1 },
    }
    const ref = await offloadLarge(store, 'a,b', { ...given, thresholdBytes: 0 })
    const { namespace, mimeType, filename, source } = ref
    assert.deepEqual({ namespace, mimeType, filename, source }, given)
  })

  it('A7 offload accepts inherited options, including a signal', async ({ store }) => {
    const given = { namespace: 'n', mimeType: 'image/png', filename: 'f', source: { step: 1 } }
    const inherited = inheriting({ ...given, thresholdBytes: 0 })
    const { namespace, mimeType, filename, source } = await offloadLarge(store, 'large', inherited)
    assert.deepEqual({ namespace, mimeType, filename, source }, given)
    const reason = new Error('the user left')
    const aborted = inheriting({ signal: AbortSignal.abort(reason) })
    const scope = freshScope()
    for (const value of ['small', 'x'.repeat(DEFAULT_THRESHOLD_BYTES + 1)]) {
      assert.equal(await rejectionOf(() => store.scoped(scope).offload(value, aborted)), reason)
    }
    assertSameRefs(await collect(store.list(scope)), [])
  })

  it('A7 equal large values are stored once', async ({ store }) => {
    const view = store.scoped(freshScope())
    const options = { thresholdBytes: 0 }
    const [left, right] = [
      await view.offload({ a: 1 }, options),
      await view.offload({ a: 1 }, options),
    ]
    assert.ok(left.kind === 'artifact' && right.kind === 'artifact')
    assertSameRef(right.ref, left.ref)
    assert.equal((await collect(view.list())).length, 1)
  })

  it('A7 offload captures a large value when it is called', async ({ store }) => {
    const scope = freshScope()
    const bytes = bytesOf('captured')
    const list = ['captured']
    const calls = [
      store.scoped(scope).offload(bytes, { thresholdBytes: 0 }),
      store.scoped(scope).offload(list, { thresholdBytes: 0 }),
    ]
    bytes.fill(0)
    list[0] = 'changed'
    const texts: (string | undefined)[] = []
    for (const answer of await Promise.all(calls)) {
      assert.ok(answer.kind === 'artifact')
      texts.push(await store.getText(scope, answer.ref.id))
    }
    assert.deepEqual(texts, ['captured', '["captured"]'])
  })

  it('A7 offload rejects what is neither bytes nor text nor JSON', async ({ store }) => {
    const scope = freshScope()
    const texts = ['\ud800', 'a\udc00']
    const wrong = nonJsonValues().filter(([description]) => description !== 'bytes')
    for (const [description, value] of [...wrong, ...texts.map((text) => [text, text] as const)]) {
      for (const given of [value, ...(texts.includes(description) ? [] : [{ value }, [value]])]) {
        for (const thresholdBytes of [0, 1_000_000]) {
          const call = (): Promise<unknown> =>
            store.scoped(scope).offload(malformed<OffloadValue>(given), { thresholdBytes })
          await assertFails('invalid_record', call, `offload of ${description}`)
        }
      }
    }
    assert.equal(await deleteSession(store, scope), 0, 'nothing may be stored')
  })

  it('A7 offload rejects malformed options for values of any size', async ({ store }) => {
    const scope = freshScope()
    const thresholds = [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, '1', 1n, null, {}]
    const wrong = [
      ...thresholds.map((thresholdBytes) => ({ thresholdBytes })),
      ...invalidCallOptions,
      ...malformedPutOptions(),
      7,
      'options',
      new AbortController().signal,
    ]
    for (const value of ['', 'x'.repeat(DEFAULT_THRESHOLD_BYTES + 1)]) {
      for (const options of wrong) {
        const call = (): Promise<unknown> =>
          store.scoped(scope).offload(value, malformed<OffloadOptions>(options))
        await assertFails('invalid_record', call)
      }
    }
    assert.equal(await deleteSession(store, scope), 0, 'nothing may be stored')
  })
}

async function offloadLarge(
  store: ArtifactStore,
  value: OffloadValue,
  options: OffloadOptions,
): Promise<ArtifactRef> {
  const answer = await store.scoped(freshScope()).offload(value, options)
  assert.deepEqual(Object.keys(answer), ['kind', 'ref'])
  assert.ok(answer.kind === 'artifact', 'a large value has to become an artifact')
  return answer.ref
}
