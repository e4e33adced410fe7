import assert from 'node:assert/strict'
import type { ArtifactRef } from '@harborage/artifacts'
import { bytesOf } from '../support/text-bytes.ts'
import { assertFails } from '../support/assert-fails.ts'
import { malformed } from '../support/malformed.ts'
import type { ArtifactCases } from './support/artifact-cases.ts'
import { assertAbsent, assertStored } from './support/assert-artifact.ts'
import { digestOf } from './support/digest.ts'
import { freshScope } from './support/fresh-scope.ts'
import { putNew } from './support/put-new.ts'
import { deleteSession } from '../support/delete-session.ts'

const ROUNDS = 10

const namespaces: readonly (readonly [description: string, namespace: string])[] = [
  ['of one letter', 'a'],
  ['with an underscore', 'tool_output'],
  ['of one underscore', '_'],
  ['of underscores', '___'],
  ['with a leading and a trailing underscore', '_a_'],
  ['that looks like an id', 'default_0123456789ab'],
  ['that looks like digits', '0123456789ab'],
  ['that looks like a path', '../a/b'],
  ['of 256 bytes', 'x'.repeat(256)],
  ['of 256 bytes in four-byte characters', '😀'.repeat(64)],
  ['with a line feed', 'a\nb'],
]

/** Registers the cases of A2: an id is the namespace and the first digits of the digest. */
export function ids({ it, callers }: ArtifactCases): void {
  it('A2 an id is the default namespace and 12 digits of the digest', async ({ store }) => {
    const { ref } = await putNew(store, freshScope(), 'hello')
    assert.equal(ref.sha256, digestOf('hello'))
    assert.equal(ref.id, `default_${digestOf('hello').slice(0, 12)}`)
    assert.match(ref.id, /^default_[0-9a-f]{12}$/)
    assert.equal(ref.namespace, 'default')
  })

  it(`A2 in each of ${ROUNDS} races with deletes of the same content every put gets the short id`, async ({
    store,
  }) => {
    const scope = freshScope()
    const id = `default_${digestOf('content').slice(0, 12)}`
    for (let round = 0; round < ROUNDS; round += 1) {
      const puts: Promise<ArtifactRef>[] = []
      const deletions: Promise<boolean>[] = []
      for (let caller = 0; caller < callers; caller += 2) {
        puts.push(store.putText(scope, 'content'))
        deletions.push(store.delete(scope, id))
      }
      for (const ref of await Promise.all(puts)) assert.equal(ref.id, id)
      await Promise.all(deletions)
    }
  })

  it('A2 the same content put as bytes and as text has the same id', async ({ store }) => {
    const ofText = await store.putText(freshScope(), 'hällo')
    const ofBytes = await store.putBytes(freshScope(), bytesOf('hällo'))
    assert.equal(ofBytes.id, ofText.id)
  })

  for (const [description, namespace] of namespaces) {
    it(`A2 a namespace ${description} is the first part of the id`, async ({ store }) => {
      const scope = freshScope()
      const put = await putNew(store, scope, 'content', { namespace })
      assert.equal(put.ref.namespace, namespace)
      assert.equal(put.ref.id, `${namespace}_${digestOf('content').slice(0, 12)}`)
      await assertStored(store, put)
      assert.equal(await store.delete(scope, put.ref.id), true)
      await assertAbsent(store, scope, put.ref.id)
    })
  }

  it('A2 a namespace that equals the id of an artifact does not affect the artifact', async ({
    store,
  }) => {
    const scope = freshScope()
    const outer = await putNew(store, scope, 'content')
    const inner = await putNew(store, scope, 'content', { namespace: outer.ref.id })
    const innermost = await putNew(store, scope, 'content', { namespace: inner.ref.id })
    for (const put of [outer, inner, innermost]) await assertStored(store, put)
    assert.equal(await store.delete(scope, inner.ref.id), true)
    for (const put of [outer, innermost]) await assertStored(store, put)
  })

  it('A2 an id that is similar to that of an artifact finds nothing', async ({ store }) => {
    const scope = freshScope()
    const put = await putNew(store, scope, 'content', { namespace: 'tool_output' })
    const digest = digestOf('content')
    const wrong = [
      digest,
      digest.slice(0, 12),
      `_${digest.slice(0, 12)}`,
      `tool_output${digest.slice(0, 12)}`,
      `tool_output_${digest}`,
      `tool_output_${digest.slice(0, 11)}`,
      `tool_output_${digest.slice(0, 13)}`,
      `tool_output_${digest.slice(0, 12).toUpperCase()}`,
      `Tool_output_${digest.slice(0, 12)}`,
      `output_${digest.slice(0, 12)}`,
      `tool_${digest.slice(0, 12)}`,
      `default_${digest.slice(0, 12)}`,
      ` ${put.ref.id}`,
      `${put.ref.id} `,
      `${put.ref.id}\n`,
      `./${put.ref.id}`,
      `${put.ref.id}%`,
      'tool_output_%',
      'tool_output_____________',
      'tool_output_..',
      'tool_output_../../../etc',
      'tool_output_',
      '_',
      '..',
      'x'.repeat(321),
    ]
    for (const id of wrong) await assertAbsent(store, scope, id)
    await assertStored(store, put)
  })

  it('A2 the id of a content that was never put finds nothing', async ({ store }) => {
    const scope = freshScope()
    await assertAbsent(store, scope, `default_${digestOf('nothing').slice(0, 12)}`)
    await assertAbsent(store, scope, `default_${digestOf('nothing')}`)
  })

  it('A2 a malformed namespace is rejected, and nothing is stored', async ({ store }) => {
    const scope = freshScope()
    for (const namespace of ['', 'x'.repeat(257), '\ud800', 'a\0', null, 7, ['a']]) {
      const options = { namespace: malformed<string>(namespace) }
      await assertFails('invalid_record', () => store.putText(scope, 'content', options))
      await assertFails('invalid_record', () => store.putBytes(scope, bytesOf('content'), options))
    }
    assert.equal(await deleteSession(store, scope), 0)
  })
}
