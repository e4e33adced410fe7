import assert from 'node:assert/strict'
import { compareRefs, type ArtifactStore, type DumpedArtifact } from '@harborage/artifacts'
import {
  allOfRun,
  allOfSession,
  allOfTenant,
  allOfUser,
  isHarborageError,
  type Subtree,
} from '@harborage/core'
import { assertFails } from '../support/assert-fails.ts'
import { collect } from '../support/collect.ts'
import { FUTURE } from '../support/expiry-dates.ts'
import { malformed } from '../support/malformed.ts'
import { invalidBytes, invalidCallOptions, invalidPageSizes } from '../support/malformed-values.ts'
import { rejectionOf } from '../support/rejection-of.ts'
import { similarNames } from '../support/similar-names.ts'
import { bytesOf } from '../support/text-bytes.ts'
import type { ArtifactCases } from './support/artifact-cases.ts'
import { assertSameRef, assertStored } from './support/assert-artifact.ts'
import { collidingPair } from './support/colliding-pair.ts'
import { digestOf } from './support/digest.ts'
import { comparable, dumpOf, maintenance, ofTenant, scopesOf } from './support/dumps.ts'
import { freshScope } from './support/fresh-scope.ts'
import { putNew } from './support/put-new.ts'

/** Registers the cases of A11: artifacts are dumped and loaded with their ids, dates and bytes. */
export function dump({ it }: ArtifactCases): void {
  it('A11 what was dumped and loaded has the same ids, names, dates, sources and bytes', async ({
    store,
  }) => {
    const { from, to } = await filledTenants(store)
    const artifacts = await dumpOf(store, from)
    assert.equal(artifacts.length, 10)
    const moved = artifacts.map((each) => ofTenant(each, to))
    for (const half of [moved.slice(0, 4), moved.slice(4)]) {
      const answer = await store.loadDump(maintenance, half)
      assert.deepEqual(answer, { loaded: half.length, unchanged: 0 })
    }
    assert.deepEqual(comparable(await dumpOf(store, to)), comparable(artifacts))
    for (const { ref, bytes } of moved) {
      await assertStored(store, { ref, text: Buffer.from(bytes).toString() })
      assert.deepEqual(await store.get(ref.scope, ref.id, { verify: 'digest' }), bytes)
      // Equal content is found, with the date that it had.
      const { scope, namespace, expiresAt } = ref
      assertSameRef(await store.putBytes(scope, bytes, { namespace, expiresAt }), ref)
    }
    for (const scope of scopesOf(to)) {
      const listed = await collect(store.list(scope))
      assert.ok(listed.length >= 2)
    }
    const users = await collect(store.users(allOfTenant({ tenantId: to })))
    assert.equal(users.length, 1)
  })

  it('A11 contents whose short ids collide keep their ids, in whichever order they are loaded', async ({
    store,
  }) => {
    const scope = freshScope()
    for (const text of collidingPair) await putNew(store, scope, text)
    const artifacts = await dumpOf(store, scope.tenantId)
    for (const ordered of [artifacts, artifacts.toReversed()]) {
      const to = freshScope()
      for (const each of ordered) await store.loadDump(maintenance, [ofTenant(each, to.tenantId)])
      assert.deepEqual(comparable(await dumpOf(store, to.tenantId)), comparable(artifacts))
    }
  })

  it('A11 loading again changes nothing, also after a part was loaded', async ({ store }) => {
    const { from, to } = await filledTenants(store)
    const artifacts = (await dumpOf(store, from)).map((each) => ofTenant(each, to))
    const load = (given: readonly DumpedArtifact[]) => store.loadDump(maintenance, given)
    assert.deepEqual(await load(artifacts.slice(2, 5)), { loaded: 3, unchanged: 0 })
    assert.deepEqual(await load(artifacts), { loaded: 7, unchanged: 3 })
    assert.deepEqual(await load(artifacts), { loaded: 0, unchanged: 10 })
    assert.deepEqual(await load([]), { loaded: 0, unchanged: 0 })
    assert.deepEqual(comparable(await dumpOf(store, to)), comparable(artifacts))
  })

  it('A11 an id in use for anything else is a conflict, and what is there stays', async ({
    store,
  }) => {
    const scope = freshScope()
    const put = await putNew(store, scope, collidingPair[0], { filename: 'a.txt' })
    const [artifact] = await dumpOf(store, scope.tenantId)
    assert.ok(artifact !== undefined)
    const { ref, bytes } = artifact
    const other = collidingPair[1]
    const free = { ref: { ...ref, scope: { ...ref.scope, taskId: 'free' } }, bytes }
    const changed: readonly DumpedArtifact[] = [
      { ref: { ...ref, createdAt: new Date(5) }, bytes },
      { ref: { ...ref, filename: 'b.txt' }, bytes },
      { ref: { ...ref, mimeType: 'text/csv' }, bytes },
      { ref: { ...ref, source: { step: 1 } }, bytes },
      // The same content under its other id.
      { ref: { ...ref, id: `default_${ref.sha256}` }, bytes },
      // Other content under the same id.
      {
        ref: { ...ref, sha256: digestOf(other), sizeBytes: other.length },
        bytes: bytesOf(other),
      },
    ]
    for (const each of changed) {
      const error = await rejectionOf(() => store.loadDump(maintenance, [free, each]))
      assert.ok(isHarborageError(error, 'dump_conflict'))
      assert.deepEqual(error.entry, { list: 'records', index: 1 })
    }
    await assertStored(store, put)
    assert.equal((await collect(store.list(scope))).length, 1)
  })

  it('A11 bytes that are not those of the digest are refused', async ({ store }) => {
    const scope = freshScope()
    await putNew(store, scope)
    const [artifact] = await dumpOf(store, scope.tenantId)
    assert.ok(artifact !== undefined)
    const to = freshScope()
    const { ref, bytes } = ofTenant(artifact, to.tenantId)
    for (let bit = 0; bit < bytes.byteLength * 8; bit += 5) {
      const flipped = new Uint8Array(bytes)
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      const load = () => store.loadDump(maintenance, [{ ref, bytes: flipped }])
      await assertFails('invalid_record', load)
    }
    assert.equal((await dumpOf(store, to.tenantId)).length, 0)
  })

  it('A11 a dump is in the order of its refs, and goes on after any of them', async ({ store }) => {
    const { tenantId } = freshScope()
    for (const name of ['a', 'B', 'é', '🙂', 'a.b']) {
      for (const scope of scopesOf(tenantId, name)) {
        await putNew(store, scope, name, { namespace: name })
        await putNew(store, scope, `${name} 2`)
      }
    }
    const refs = (await dumpOf(store, tenantId)).map(({ ref }) => ref)
    assert.equal(refs.length, 40)
    assert.deepEqual(
      refs.map(({ id }) => id),
      refs.toSorted(compareRefs).map(({ id }) => id),
    )
    for (const pageSize of [1, 7, 1_000]) {
      const paged = await dumpOf(store, tenantId, { pageSize })
      assert.deepEqual(
        paged.map(({ ref }) => ref),
        refs,
        `in pages of ${pageSize}`,
      )
    }
    for (const index of [0, 1, 17, 39]) {
      const after = refs[index]
      assert.ok(after !== undefined)
      const rest = await dumpOf(store, tenantId, { after, pageSize: 5 })
      assert.deepEqual(
        rest.map(({ ref }) => ref),
        refs.slice(index + 1),
      )
    }
    const gone = refs[20]
    assert.ok(gone !== undefined)
    await store.delete(gone.scope, gone.id)
    const rest = await dumpOf(store, tenantId, { after: gone })
    assert.deepEqual(
      rest.map(({ ref }) => ref),
      refs.slice(21),
    )
  })

  it('A11 a dump of a subtree has all of it and nothing else', async ({ store }) => {
    const names = similarNames(freshScope().tenantId)
    for (const name of names) {
      for (const scope of scopesOf(name, name)) await putNew(store, scope)
    }
    for (const name of names) {
      const session = { tenantId: name, userId: name, sessionId: name }
      const counts: readonly (readonly [Subtree, number])[] = [
        [allOfRun({ ...session, runId: name }), 0],
        [allOfSession(session), 2],
        [allOfUser({ tenantId: name, userId: name }), 3],
        [allOfTenant({ tenantId: name }), 4],
      ]
      for (const [within, count] of counts) {
        for (const pageSize of [1, 100]) {
          const found = await collect(store.dump(maintenance, { within, pageSize }))
          assert.equal(found.length, count, within.level)
          assert.ok(found.every(({ ref }) => ref.scope.tenantId === name))
        }
      }
    }
  })

  it('A11 a page of a dump ends once it holds 8 MiB, and the walk goes on', async ({ store }) => {
    const scope = freshScope()
    const MIB = 1024 * 1024
    const sizes = [10, 5 * MIB, 10, 5 * MIB, 10, 10]
    for (const [index, size] of sizes.entries()) {
      await store.putBytes(scope, new Uint8Array(size).fill(index + 1))
    }
    const found = await dumpOf(store, scope.tenantId, { pageSize: 1_000 })
    const foundSizes = found.map(({ bytes }) => bytes.byteLength)
    assert.deepEqual(
      foundSizes.toSorted((one, other) => one - other),
      sizes.toSorted((a, b) => a - b),
    )
  })

  it('A11 dump and loadDump reject what is malformed, and change nothing', async ({ store }) => {
    const scope = freshScope()
    await putNew(store, scope)
    const [artifact] = await dumpOf(store, scope.tenantId)
    assert.ok(artifact !== undefined)
    const to = freshScope()
    const good = ofTenant(artifact, to.tenantId)
    const load = (given: unknown) => () =>
      store.loadDump(maintenance, [malformed<DumpedArtifact>(given)])
    for (const bytes of invalidBytes) await assertFails('invalid_record', load({ ...good, bytes }))
    const wrong: readonly object[] = [
      { id: 'default_0123456789ab' },
      { id: '' },
      { namespace: 'other' },
      { namespace: '' },
      { sha256: 'x' },
      { sizeBytes: 1 },
      { createdAt: 0 },
      { createdAt: new Date(Number.NaN) },
      { expiresAt: new Date(0) },
      { expiresAt: '2030-01-01T00:00:00.000Z' },
      { mimeType: 'a\nb' },
      { filename: 1 },
      { source: [] },
      { more: 1 },
    ]
    for (const change of wrong) {
      await assertFails('invalid_record', load({ ...good, ref: { ...good.ref, ...change } }))
    }
    for (const given of [undefined, null, 'x', {}, { ...good, ref: undefined }]) {
      await assertFails('invalid_record', load(given))
    }
    const narrow = { ...good.ref.scope, sessionId: '', taskId: 't' }
    await assertFails('invalid_identity', load({ ...good, ref: { ...good.ref, scope: narrow } }))
    for (const none of [undefined, { ...good.ref.scope, tenantId: '' }]) {
      await assertFails('identity_required', load({ ...good, ref: { ...good.ref, scope: none } }))
    }
    await assertFails('invalid_record', () => store.loadDump(maintenance, malformed(good)))
    const many = Array.from({ length: 1_001 }, () => good)
    await assertFails('invalid_record', () => store.loadDump(maintenance, many))
    for (const given of [undefined, {}, scope, { maintenanceScoped: 'true' }]) {
      await assertFails('maintenance_scope_required', () => store.dump(malformed(given)))
      await assertFails('maintenance_scope_required', () => store.loadDump(malformed(given), []))
    }
    for (const options of invalidCallOptions.map((each) => malformed<object>(each))) {
      await assertFails('invalid_record', () => store.dump(maintenance, options))
      await assertFails('invalid_record', () => store.loadDump(maintenance, [], options))
    }
    for (const pageSize of invalidPageSizes.map((each) => malformed<number>(each))) {
      await assertFails('invalid_record', () => store.dump(maintenance, { pageSize }))
    }
    const within = malformed<Subtree>(scope)
    await assertFails('subtree_required', () => store.dump(maintenance, { within }))
    await assertFails('invalid_record', () => store.dump(maintenance, { after: malformed('x') }))
    assert.equal((await dumpOf(store, to.tenantId)).length, 0)
  })

  it('A11 dump and loadDump honor an abort and a close', async ({ store }) => {
    const scope = freshScope()
    for (const text of ['a', 'b']) await putNew(store, scope, text)
    const to = freshScope()
    const moved = (await dumpOf(store, scope.tenantId)).map((each) => ofTenant(each, to.tenantId))
    const reason = new Error('the user left')
    const signal = AbortSignal.abort(reason)
    assert.equal(await rejectionOf(() => store.loadDump(maintenance, moved, { signal })), reason)
    assert.equal((await dumpOf(store, to.tenantId)).length, 0)
    const controller = new AbortController()
    const options = { pageSize: 1, within: allOfTenant({ tenantId: scope.tenantId }) }
    const walk = store.dump(maintenance, { ...options, signal: controller.signal })
    const aborted = walk[Symbol.asyncIterator]()
    assert.notEqual((await aborted.next()).done, true)
    controller.abort(reason)
    assert.equal(await rejectionOf(() => aborted.next()), reason)
    const left = store.dump(maintenance, options)[Symbol.asyncIterator]()
    assert.notEqual((await left.next()).done, true)
    await store.close()
    await assertFails('store_closed', () => left.next())
    await assertFails('store_closed', () => store.dump(maintenance))
    await assertFails('store_closed', () => store.loadDump(maintenance, moved))
  })
}

/** Puts ten artifacts of all kinds of scopes, and resolves to their tenant and an empty one. */
async function filledTenants(store: ArtifactStore): Promise<{ from: string; to: string }> {
  const { tenantId } = freshScope()
  for (const [index, scope] of scopesOf(tenantId).entries()) {
    const options = {
      namespace: `tool_${index}`,
      mimeType: 'text/csv',
      filename: 'état 🙂.csv',
      source: { step: index, nested: { z: 1, a: [null, 'é'] } },
    }
    await store.putText(scope, `rows ${index}`, options)
    await store.putText(scope, 'the same everywhere', { expiresAt: FUTURE })
  }
  const [task] = scopesOf(tenantId)
  assert.ok(task !== undefined)
  await store.putText(task, '')
  await store.putText(task, 'the same everywhere', { namespace: 'other' })
  return { from: tenantId, to: freshScope().tenantId }
}
