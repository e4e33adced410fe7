import assert from 'node:assert/strict'
import {
  allOfRun,
  allOfSession,
  allOfTenant,
  allOfUser,
  type RunIdentity,
  type Subtree,
} from '@harborage/core'
import type { DumpedSlot, NewStateRecord } from '@harborage/state'
import { assertFails } from '../support/assert-fails.ts'
import { compareBytes } from '../support/byte-order.ts'
import { collect } from '../support/collect.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { malformed } from '../support/malformed.ts'
import { invalidBytes, invalidCallOptions, invalidPageSizes } from '../support/malformed-values.ts'
import { rejectionOf } from '../support/rejection-of.ts'
import { similarNames } from '../support/similar-names.ts'
import { dumpOf, maintenance, ofTenant, ownersOf, savedOften } from './support/dumps.ts'
import { kindsInByteOrder } from './support/kind-examples.ts'
import { newRecord } from './support/new-record.ts'
import { saveNew } from './support/save-new.ts'
import type { StateCases } from './support/state-cases.ts'

const KIND = 'task.checkpoint'

/** Registers the cases of S18: a dump has everything once, in order, and is resumed anywhere. */
export function dump({ it }: StateCases): void {
  it('S18 a dump is in the order of its owners and kinds, and goes on after any slot', async ({
    store,
  }) => {
    const { tenantId } = freshIdentity()
    const names = kindsInByteOrder('n')
    const of = (userId: string, sessionId: string, runId: string): RunIdentity => {
      return { tenantId, userId, sessionId, runId }
    }
    await Promise.all(
      names
        .flatMap((name) => [
          newRecord({ identity: of(name, 's', 'r'), kind: KIND }),
          newRecord({ identity: of('user', name, 'r'), kind: KIND }),
          newRecord({ identity: of('user', 's', name), kind: KIND }),
          newRecord({ identity: of('user', 's', ''), kind: name }),
        ])
        .map((record) => store.save(record)),
    )
    const all = await dumpOf(store, tenantId)
    assert.equal(all.length, names.length * 4)
    const texts = all.map(placeText)
    assert.deepEqual(texts, texts.toSorted(compareBytes))
    for (const pageSize of [1, 7, 1_000]) {
      const paged = await dumpOf(store, tenantId, { pageSize })
      assert.deepEqual(paged.map(placeText), texts, `in pages of ${pageSize}`)
    }
    for (const index of [0, 1, 20, texts.length - 1]) {
      const after = all[index]
      assert.ok(after !== undefined)
      const { identity, kind } = after
      const rest = await dumpOf(store, tenantId, { after: { identity, kind }, pageSize: 5 })
      assert.deepEqual(rest.map(placeText), texts.slice(index + 1))
    }
  })

  it('S18 a dump may begin after a slot that is gone', async ({ store }) => {
    const identity = freshIdentity()
    for (const kind of ['a', 'b', 'c']) await saveNew(store, { identity, kind })
    await store.delete(identity, 'b')
    const rest = await dumpOf(store, identity.tenantId, { after: { identity, kind: 'b' } })
    assert.deepEqual(
      rest.map(({ kind }) => kind),
      ['c'],
    )
  })

  it('S18 a dump of a subtree has all of it and nothing else', async ({ store }) => {
    const names = similarNames(freshIdentity().tenantId)
    for (const name of names) {
      for (const owner of ownersOf(name, name))
        await saveNew(store, { identity: owner, kind: KIND })
    }
    for (const name of names) {
      const run = { tenantId: name, userId: name, sessionId: name, runId: name }
      const { runId: _, ...session } = run
      const counts: readonly (readonly [Subtree, number])[] = [
        [allOfRun(run), 1],
        [allOfSession(session), 2],
        [allOfUser({ tenantId: name, userId: name }), 3],
        [allOfTenant({ tenantId: name }), 4],
      ]
      for (const [within, count] of counts) {
        for (const pageSize of [1, 100]) {
          const found = await collect(store.dump(maintenance, { within, pageSize }))
          assert.equal(found.length, count, within.level)
          assert.ok(found.every(({ identity }) => identity.tenantId === name))
        }
      }
    }
  })

  it('S18 a dump of everything has each slot once', async ({ store }) => {
    const saved: NewStateRecord[] = []
    for (const owner of ownersOf(freshIdentity().tenantId)) {
      saved.push(await saveNew(store, { identity: owner, kind: KIND }))
    }
    const found = new Map<string, number>()
    for await (const { eventId } of store.dump(maintenance, { pageSize: 1_000 })) {
      found.set(eventId, (found.get(eventId) ?? 0) + 1)
    }
    for (const { eventId } of saved) assert.equal(found.get(eventId), 1)
  })

  it('S18 dump and loadDump reject what is malformed, and change nothing', async ({ store }) => {
    const { identity } = await savedOften(store)
    const [slot] = await dumpOf(store, identity.tenantId)
    assert.ok(slot !== undefined)
    const to = freshIdentity()
    const good = ofTenant(slot, to.tenantId)
    const load = (given: unknown) => () =>
      store.loadDump(maintenance, [good, malformed<DumpedSlot>(given)])
    const wrong: readonly object[] = [
      ...invalidBytes.map((bytes) => ({ bytes })),
      ...[undefined, 'x', [1], ['short'], Array.from({ length: 17 }, () => 'abcdefghijk')].map(
        (replaced) => ({ replaced }),
      ),
      ...[undefined, 0, new Date(Number.NaN)].flatMap((date) => [
        { updatedAt: date },
        { createdAt: date },
      ]),
      { version: -1 },
      { kind: '' },
      { eventId: '' },
      { more: 1 },
    ]
    for (const change of wrong) await assertFails('invalid_record', load({ ...good, ...change }))
    for (const given of [undefined, null, 'x', 1]) await assertFails('invalid_record', load(given))
    const narrow = { ...good.identity, sessionId: '', runId: 'r' }
    await assertFails('invalid_identity', load({ ...good, identity: narrow }))
    await assertFails(
      'identity_required',
      load({ ...good, identity: { ...narrow, runId: '', tenantId: '' } }),
    )
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

  it('S18 dump and loadDump honor an abort and a close', async ({ store }) => {
    const { identity } = await savedOften(store)
    await saveNew(store, { identity, kind: 'task.second' })
    const slots = await dumpOf(store, identity.tenantId)
    const to = freshIdentity()
    const moved = slots.map((slot) => ofTenant(slot, to.tenantId))
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

function placeText({ identity, kind }: DumpedSlot): string {
  const { userId, sessionId, runId } = identity
  return [userId, sessionId, runId, kind].join('\0')
}
