import assert from 'node:assert/strict'
import { assertFails } from '../support/assert-fails.ts'
import { collect } from '../support/collect.ts'
import { malformed } from '../support/malformed.ts'
import { invalidTexts, validTexts } from '../support/name-texts.ts'
import { bytesOf } from '../support/text-bytes.ts'
import type { ArtifactCases } from './support/artifact-cases.ts'
import { assertSameRef, assertSameRefs, assertStored } from './support/assert-artifact.ts'
import { digestOf } from './support/digest.ts'
import { freshScope } from './support/fresh-scope.ts'
import { inheriting } from './support/inheriting.ts'
import { malformedPutOptions } from './support/malformed-arguments.ts'
import { putNew } from './support/put-new.ts'

/** Registers the cases of A4: the metadata of an artifact is stored unchanged. */
export function metadata({ it }: ArtifactCases): void {
  it('A4 omitted metadata has its defaults', async ({ store }) => {
    const scope = freshScope()
    const before = Date.now()
    const ofBytes = await store.putBytes(scope, bytesOf('bytes'))
    const ofText = await store.putText(scope, 'text')
    const { createdAt: _, ...defaults } = ofBytes
    assert.deepEqual(defaults, {
      id: `default_${digestOf('bytes').slice(0, 12)}`,
      namespace: 'default',
      scope,
      mimeType: 'application/octet-stream',
      sizeBytes: 5,
      filename: '',
      sha256: digestOf('bytes'),
      source: {},
      expiresAt: undefined,
    })
    assert.equal(ofText.mimeType, 'text/plain; charset=utf-8')
    for (const { createdAt } of [ofBytes, ofText]) {
      assert.ok(createdAt.getTime() >= before && createdAt.getTime() <= Date.now())
    }
  })

  it('A4 every method returns all metadata', async ({ store }) => {
    const scope = freshScope()
    const given = {
      namespace: 'tool',
      mimeType: 'image/png',
      filename: 'screen shot.png',
      source: { tool: 'browser', pages: [1, 2.5, -3], deep: { null: null, yes: true } },
    }
    const { text, ref } = await putNew(store, scope, 'not a picture', given)
    const { namespace, mimeType, filename, source } = ref
    assert.deepEqual({ namespace, mimeType, filename, source }, given)
    await assertStored(store, { text, ref })
    assertSameRefs(await collect(store.list(scope)), [ref])
  })

  it('A4 undefined options are treated as omitted', async ({ store }) => {
    const options = { namespace: undefined, mimeType: undefined, filename: undefined }
    const given = malformed<object>({ ...options, source: undefined, signal: undefined })
    const { ref } = await putNew(store, freshScope(), 'content', given)
    const { namespace, mimeType, filename, source } = ref
    assert.deepEqual([namespace, filename, source], ['default', '', {}])
    assert.equal(mimeType, 'text/plain; charset=utf-8')
  })

  it('A4 inherited options are treated as own ones', async ({ store }) => {
    const given = { namespace: 'n', mimeType: 'image/png', filename: 'f', source: { step: 1 } }
    const { ref } = await putNew(store, freshScope(), 'content', inheriting(given))
    const { namespace, mimeType, filename, source } = ref
    assert.deepEqual({ namespace, mimeType, filename, source }, given)
  })

  it('A4 the size is the number of bytes, not of characters', async ({ store }) => {
    const scope = freshScope()
    for (const text of ['', 'a', 'é', '€', '😀', 'x'.repeat(10_000)]) {
      const { sizeBytes } = await store.putText(scope, text)
      assert.equal(sizeBytes, Buffer.byteLength(text))
    }
  })

  it('A4 a file name may be any text, a MIME type any text without control characters', async ({
    store,
  }) => {
    const scope = freshScope()
    for (const [index, [description, text]] of validTexts.entries()) {
      const mimeType = /\p{Cc}/u.test(text) ? 'text/plain' : text
      const options = { filename: text, mimeType }
      const put = await putNew(store, scope, `content ${index}`, options)
      assert.equal(put.ref.filename, text, description)
      assert.equal(put.ref.mimeType, mimeType, description)
      assertSameRef(await store.getRef(scope, put.ref.id), put.ref)
    }
  })

  for (const [description, text] of invalidTexts) {
    it(`A4 ${description} is rejected as the file name and as the MIME type`, async ({ store }) => {
      for (const options of [{ filename: text }, { mimeType: text }]) {
        const put = (): Promise<unknown> => store.putText(freshScope(), 'content', options)
        await assertFails('invalid_record', put)
      }
    })
  }

  it('A4 malformed metadata is rejected, and nothing is stored', async ({ store }) => {
    const scope = freshScope()
    for (const options of malformedPutOptions()) {
      const put = (): Promise<unknown> => store.putText(scope, 'content', malformed(options))
      await assertFails('invalid_record', put)
    }
    assertSameRefs(await collect(store.list(scope)), [])
  })
}
