import assert from 'node:assert/strict'
import { allOfTenant, type RunIdentity, type Subtree } from '@harborage/core'
import type { DumpedConversation } from '@harborage/memory'
import { assertFails } from '../support/assert-fails.ts'
import { compareBytes } from '../support/byte-order.ts'
import { collect } from '../support/collect.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { malformed } from '../support/malformed.ts'
import { invalidCallOptions, invalidPageSizes } from '../support/malformed-values.ts'
import { rejectionOf } from '../support/rejection-of.ts'
import { similarNames } from '../support/similar-names.ts'
import { addTurns } from './support/conversation.ts'
import { dumpOf, maintenance, ofTenant, placesOf } from './support/dumps.ts'
import type { MemoryCases } from './support/memory-cases.ts'
import { subtreeOf } from './support/subtree-of.ts'

const RULES = { strategy: 'truncation' } as const

/** Registers the cases of M13: a dump has everything once, in order, and is resumed anywhere. */
export function dump({ it }: MemoryCases): void {
  it('M13 a dump is in the order of its owners, and goes on after any of them', async ({
    open,
  }) => {
    const store = await open(RULES)
    const { tenantId } = freshIdentity()
    const names = ['a', 'B', 'é', '🙂', 'a.b']
    const identities = names.flatMap((name): RunIdentity[] => [
      { tenantId, userId: name, sessionId: 's', runId: 'r' },
      { tenantId, userId: 'user', sessionId: name },
      { tenantId, userId: 'user', sessionId: 's', runId: name },
    ])
    for (const identity of identities) await addTurns(store, identity, ['said'])
    const all = placesOf(await dumpOf(store, tenantId))
    assert.equal(all.length, identities.length)
    const texts = all.map((place) => place.join('\0'))
    assert.deepEqual(texts, texts.toSorted(compareBytes))
    for (const pageSize of [1, 4, 1_000]) {
      assert.deepEqual(placesOf(await dumpOf(store, tenantId, { pageSize })), all)
    }
    const conversations = await dumpOf(store, tenantId)
    for (const index of [0, 6, 14]) {
      const after = conversations[index]
      assert.ok(after !== undefined)
      const rest = await dumpOf(store, tenantId, { after, pageSize: 2 })
      assert.deepEqual(placesOf(rest), all.slice(index + 1))
    }
    const gone = conversations[7]
    assert.ok(gone !== undefined)
    await store.delete(gone.identity)
    assert.deepEqual(placesOf(await dumpOf(store, tenantId, { after: gone })), all.slice(8))
  })

  it('M13 a dump of a subtree has all of it and nothing else', async ({ open }) => {
    const store = await open(RULES)
    const names = similarNames(freshIdentity().tenantId)
    const runOf = (name: string) => {
      return { tenantId: name, userId: name, sessionId: name, runId: name }
    }
    for (const name of names) {
      for (const identity of [runOf(name), { ...runOf(name), runId: '' }]) {
        await addTurns(store, identity, ['said'])
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
          const found = await collect(store.dump(maintenance, { within, pageSize }))
          assert.equal(found.length, count, level)
          assert.ok(found.every(({ identity }) => identity.tenantId === name))
        }
      }
    }
  })

  it('M13 a dump of everything has each conversation once', async ({ open }) => {
    const store = await open(RULES)
    const identity = freshIdentity()
    await addTurns(store, identity, ['said'])
    let found = 0
    for await (const each of store.dump(maintenance, { pageSize: 1_000 })) {
      if (each.identity.tenantId === identity.tenantId) found += 1
    }
    assert.equal(found, 1)
  })

  it('M13 dump and loadDump reject what is malformed, and change nothing', async ({ open }) => {
    const store = await open(RULES)
    const identity = freshIdentity()
    await addTurns(store, identity, ['a', 'b'])
    const [conversation] = await dumpOf(store, identity.tenantId)
    assert.ok(conversation !== undefined)
    const to = freshIdentity()
    const good = ofTenant(conversation, to.tenantId)
    const { header, turns } = good
    const load = (given: unknown) => () =>
      store.loadDump(maintenance, [malformed<DumpedConversation>(given)])
    const [turn] = turns
    const wrong: readonly object[] = [
      ...[undefined, 7, '\ud800'].map((summary) => ({ summary })),
      ...[undefined, 7, [undefined], [{}], turns.toReversed(), [turn, turn]].map((each) => ({
        turns: each,
      })),
      ...[{ position: -1 }, { tokens: 0.5 }, { text: '{}' }, { text: 'x' }, { more: 1 }].map(
        (change) => ({ turns: [{ ...turn, ...change }] }),
      ),
      ...[undefined, 7, [undefined], [{ turnId: '', position: 1, at: 1, lineage: 1 }]].map(
        (turnIds) => ({ turnIds }),
      ),
      ...[
        { strategy: 'other' },
        { nextPosition: -1 },
        { turns: 'x' },
        { tokens: Number.NaN },
        { turnIds: [''] },
        { health: 'well' },
        { failures: undefined },
        { foldClaimId: 7 },
        { lineage: 0.5 },
        { more: 1 },
      ].map((change) => ({ header: { ...header, ...change } })),
      { header: undefined },
      { more: 1 },
    ]
    for (const change of wrong) await assertFails('invalid_record', load({ ...good, ...change }))
    for (const given of [undefined, null, 'x']) await assertFails('invalid_record', load(given))
    await assertFails('identity_required', load({ ...good, identity: undefined }))
    const wide = { ...good.identity, sessionId: '', runId: '' }
    await assertFails('identity_required', load({ ...good, identity: wide }))
    await assertFails('invalid_record', () => store.loadDump(maintenance, malformed(good)))
    const many = Array.from({ length: 1_001 }, () => good)
    await assertFails('invalid_record', () => store.loadDump(maintenance, many))
    for (const scope of [undefined, {}, identity, { maintenanceScoped: 'true' }]) {
      await assertFails('maintenance_scope_required', () => store.dump(malformed(scope)))
      await assertFails('maintenance_scope_required', () => store.loadDump(malformed(scope), []))
    }
    for (const options of invalidCallOptions.map((each) => malformed<object>(each))) {
      await assertFails('invalid_record', () => store.dump(maintenance, options))
      await assertFails('invalid_record', () => store.loadDump(maintenance, [], options))
    }
    for (const pageSize of invalidPageSizes.map((each) => malformed<number>(each))) {
      await assertFails('invalid_record', () => store.dump(maintenance, { pageSize }))
    }
    const within = malformed<Subtree>(identity)
    await assertFails('subtree_required', () => store.dump(maintenance, { within }))
    await assertFails('invalid_record', () => store.dump(maintenance, { after: malformed('x') }))
    assert.equal((await dumpOf(store, to.tenantId)).length, 0)
  })

  it('M13 dump and loadDump honor an abort and a close', async ({ open }) => {
    const store = await open(RULES)
    const identity = freshIdentity()
    for (const runId of ['a', 'b']) await addTurns(store, { ...identity, runId }, ['said'])
    const to = freshIdentity()
    const moved = (await dumpOf(store, identity.tenantId)).map((each) =>
      ofTenant(each, to.tenantId),
    )
    const reason = new Error('the user left')
    const signal = AbortSignal.abort(reason)
    assert.equal(await rejectionOf(() => store.loadDump(maintenance, moved, { signal })), reason)
    assert.equal((await dumpOf(store, to.tenantId)).length, 0)
    const controller = new AbortController()
    const options = { pageSize: 1, within: allOfTenant({ tenantId: identity.tenantId }) }
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
