import assert from 'node:assert/strict'
import { allOfTenant, allOfUser, isHarborageError, type Subtree } from '@harborage/core'
import type { DumpedPassages, PassagePlace } from '@harborage/memory'
import { assertFails } from '../support/assert-fails.ts'
import { compareBytes } from '../support/byte-order.ts'
import { collect } from '../support/collect.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { malformed } from '../support/malformed.ts'
import { invalidCallOptions, invalidNames } from '../support/malformed-values.ts'
import { rejectionOf } from '../support/rejection-of.ts'
import { similarNames } from '../support/similar-names.ts'
import { maintenance } from './support/dumps.ts'
import type { MemoryCases } from './support/memory-cases.ts'
import { COLLECTION, keep, passagesOf, userOf } from './support/passages.ts'
import { subtreeOf } from './support/subtree-of.ts'

/** Registers the cases of M14: passages are dumped, and found where they are loaded. */
export function passageDump({ it }: MemoryCases): void {
  it('M14 what was dumped and loaded is found as before', async ({ open }) => {
    const store = await open()
    const run = freshIdentity()
    const { tenantId } = run
    const session = { ...run, runId: '' }
    const said = ['A red lamp.', '?!', 'ÄRGER and a lamp', 'A lamp, red']
    await keep(store, run, said)
    await keep(store, session, ['A red lamp of the session'])
    await keep(store, session, ['A red lamp in the notes'], 'notes')
    const search = async () =>
      Promise.all(
        [COLLECTION, 'notes'].flatMap((collection) =>
          ['red lamp', 'ärger', 'none'].map((words) =>
            store.passages.search(allOfUser(userOf(run)), collection, words),
          ),
        ),
      )
    const found = await search()
    assert.deepEqual(
      found.map(({ length }) => length),
      [4, 1, 0, 1, 0, 0],
    )
    const dumped = await passagesOf(store, tenantId)
    assert.equal(dumped.length, 3)
    await store.deleteAll(allOfTenant({ tenantId }))
    assert.deepEqual((await search()).flat(), [])
    const loaded = { loaded: 3, unchanged: 0 }
    assert.deepEqual(await store.passages.loadDump(maintenance, dumped), loaded)
    assert.deepEqual(await search(), found)
    assert.deepEqual(await passagesOf(store, tenantId), dumped)
    const to = freshIdentity()
    const moved = dumped.map((each) => ({
      ...each,
      identity: { ...each.identity, tenantId: to.tenantId, userId: to.userId },
    }))
    assert.deepEqual(await store.passages.loadDump(maintenance, moved), loaded)
    const other = await store.passages.search(allOfUser(userOf(to)), COLLECTION, 'red lamp')
    assert.deepEqual(
      other.map(({ index, bytes, words }) => ({ index, bytes, words })),
      found[0]?.map(({ index, bytes, words }) => ({ index, bytes, words })),
    )
    assert.deepEqual(await passagesOf(store, to.tenantId), moved)
    await keep(store, run, ['A new one'])
    const [first] = await store.passages.search(allOfUser(userOf(run)), COLLECTION, 'new')
    assert.equal(first?.index, 0)
  })

  it('M14 a dump of passages is in the order of its owners and collections', async ({ open }) => {
    const store = await open()
    const { tenantId } = freshIdentity()
    const names = ['a', 'B', 'é', '🙂', 'a.b']
    const places = names.flatMap((name): PassagePlace[] => [
      {
        identity: { tenantId, userId: name, sessionId: 's', runId: 'r' },
        collection: COLLECTION,
      },
      ...['r', ''].map((runId) => ({
        identity: { tenantId, userId: 'user', sessionId: 's', runId },
        collection: name,
      })),
    ])
    for (const { identity, collection } of places) {
      await keep(store, identity, ['a lamp', 'more'], collection)
    }
    const all = await passagesOf(store, tenantId)
    assert.equal(all.length, places.length)
    const keys = all.map(({ identity, collection }) =>
      [identity.userId, identity.sessionId, identity.runId, collection].join('\0'),
    )
    assert.deepEqual(keys, keys.toSorted(compareBytes))
    for (const pageSize of [1, 4, 1_000]) {
      assert.deepEqual(await passagesOf(store, tenantId, { pageSize }), all)
    }
    for (const index of [0, 6, 14]) {
      const after = all[index]
      assert.ok(after !== undefined)
      const rest = await passagesOf(store, tenantId, { after, pageSize: 2 })
      assert.deepEqual(rest, all.slice(index + 1))
    }
    const gone = all[7]
    assert.ok(gone !== undefined)
    await keep(store, gone.identity, [], gone.collection)
    assert.deepEqual(await passagesOf(store, tenantId, { after: gone }), all.slice(8))
  })

  it('M14 a dump of the passages of a subtree has all of them and no others', async ({ open }) => {
    const store = await open()
    const names = similarNames(freshIdentity().tenantId)
    const runOf = (name: string) => {
      return { tenantId: name, userId: name, sessionId: name, runId: name }
    }
    for (const name of names) {
      for (const identity of [runOf(name), { ...runOf(name), runId: '' }]) {
        await keep(store, identity, ['a lamp'])
      }
    }
    for (const name of names) {
      for (const [level, count] of [
        ['run', 1],
        ['session', 2],
        ['user', 2],
        ['tenant', 2],
      ] as const) {
        const within = subtreeOf[level](runOf(name))
        for (const pageSize of [1, 100]) {
          const found = await collect(store.passages.dump(maintenance, { within, pageSize }))
          assert.equal(found.length, count, level)
          assert.ok(found.every(({ identity }) => identity.tenantId === name))
        }
      }
    }
  })

  it('M14 loading passages again changes nothing, and others in their place are a conflict', async ({
    open,
  }) => {
    const store = await open()
    const run = freshIdentity()
    const { tenantId } = run
    await keep(store, run, ['a lamp', 'a shelf'])
    await keep(store, { ...run, runId: '' }, ['a lamp'])
    const all = await passagesOf(store, tenantId)
    const load = (given: readonly DumpedPassages[]) => store.passages.loadDump(maintenance, given)
    assert.deepEqual(await load(all), { loaded: 0, unchanged: 2 })
    assert.deepEqual(await load([]), { loaded: 0, unchanged: 0 })
    const [session, held] = all
    assert.ok(session !== undefined && held !== undefined)
    await keep(store, session.identity, [])
    assert.deepEqual(await load(all), { loaded: 1, unchanged: 1 })
    const [passage, last] = held.passages
    assert.ok(passage !== undefined && last !== undefined)
    for (const passages of [
      [passage],
      [passage, last, last],
      [last, passage],
      [passage, { ...last, bytes: new Uint8Array(1) }],
      [passage, { ...last, words: [] }],
      [passage, { ...last, createdAt: new Date(0) }],
    ]) {
      const free = { ...held, collection: 'free' }
      const error = await rejectionOf(() => load([free, { ...held, passages }]))
      assert.ok(isHarborageError(error, 'dump_conflict'))
      assert.deepEqual(error.entry, { list: 'records', index: 1 })
      const after = await passagesOf(store, tenantId)
      assert.deepEqual(
        after.filter(({ collection }) => collection !== 'free'),
        all,
      )
    }
  })

  it('M14 dump and loadDump of passages reject what is malformed, and change nothing', async ({
    open,
  }) => {
    const store = await open()
    const run = freshIdentity()
    await keep(store, run, ['a lamp'])
    const [held] = await passagesOf(store, run.tenantId)
    assert.ok(held !== undefined)
    const to = freshIdentity()
    const good = { ...held, identity: { ...held.identity, tenantId: to.tenantId } }
    const [passage] = good.passages
    assert.ok(passage !== undefined)
    const [word] = passage.words
    const load = (given: unknown) => () =>
      store.passages.loadDump(maintenance, [malformed<DumpedPassages>(given)])
    const wrong: readonly object[] = [
      ...invalidNames.map((collection) => ({ collection })),
      ...[undefined, 7, [], [undefined], [{}], Array.from({ length: 10_001 }, () => passage)].map(
        (passages) => ({ passages }),
      ),
      ...[
        ...[undefined, 'w', ['lamp'], [`${word} `], [7], [word, word]].map((words) => ({ words })),
        ...[undefined, 'text'].map((bytes) => ({ bytes })),
        ...[undefined, 7, new Date(Number.NaN)].map((createdAt) => ({ createdAt })),
        { more: 1 },
      ].map((change) => ({ passages: [{ ...passage, ...change }] })),
      { more: 1 },
    ]
    for (const change of wrong) await assertFails('invalid_record', load({ ...good, ...change }))
    for (const given of [undefined, null, 'x']) await assertFails('invalid_record', load(given))
    await assertFails('identity_required', load({ ...good, identity: undefined }))
    await assertFails('invalid_record', () => store.passages.loadDump(maintenance, malformed(good)))
    for (const scope of [undefined, {}, run, { maintenanceScoped: 'true' }]) {
      await assertFails('maintenance_scope_required', () => store.passages.dump(malformed(scope)))
      await assertFails('maintenance_scope_required', () =>
        store.passages.loadDump(malformed(scope), []),
      )
    }
    for (const options of invalidCallOptions.map((each) => malformed<object>(each))) {
      await assertFails('invalid_record', () => store.passages.dump(maintenance, options))
      await assertFails('invalid_record', () => store.passages.loadDump(maintenance, [], options))
    }
    const within = malformed<Subtree>(run)
    await assertFails('subtree_required', () => store.passages.dump(maintenance, { within }))
    const after = malformed<PassagePlace>('x')
    await assertFails('invalid_record', () => store.passages.dump(maintenance, { after }))
    assert.deepEqual(await passagesOf(store, to.tenantId), [])
  })

  it('M14 dump and loadDump of passages honor an abort and a close', async ({ open }) => {
    const store = await open()
    const run = freshIdentity()
    for (const collection of ['a', 'b']) await keep(store, run, ['a lamp'], collection)
    const dumped = await passagesOf(store, run.tenantId)
    const reason = new Error('the user left')
    const signal = AbortSignal.abort(reason)
    await store.deleteAll(allOfTenant({ tenantId: run.tenantId }))
    const loading = () => store.passages.loadDump(maintenance, dumped, { signal })
    assert.equal(await rejectionOf(loading), reason)
    assert.deepEqual(await passagesOf(store, run.tenantId), [])
    await store.passages.loadDump(maintenance, dumped)
    const controller = new AbortController()
    const options = { pageSize: 1, within: allOfTenant({ tenantId: run.tenantId }) }
    const walk = store.passages.dump(maintenance, { ...options, signal: controller.signal })
    const aborted = walk[Symbol.asyncIterator]()
    assert.notEqual((await aborted.next()).done, true)
    controller.abort(reason)
    assert.equal(await rejectionOf(() => aborted.next()), reason)
    const left = store.passages.dump(maintenance, options)[Symbol.asyncIterator]()
    assert.notEqual((await left.next()).done, true)
    await store.close()
    await assertFails('store_closed', () => left.next())
    await assertFails('store_closed', () => store.passages.dump(maintenance))
    await assertFails('store_closed', () => store.passages.loadDump(maintenance, dumped))
  })
}
