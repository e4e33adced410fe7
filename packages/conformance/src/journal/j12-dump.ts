import assert from 'node:assert/strict'
import {
  allOfRun,
  allOfSession,
  allOfTenant,
  allOfUser,
  type Owner,
  type Subtree,
} from '@harborage/core'
import type { DumpedRecord } from '@harborage/journal'
import { assertFails } from '../support/assert-fails.ts'
import { compareBytes } from '../support/byte-order.ts'
import { collect } from '../support/collect.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { malformed } from '../support/malformed.ts'
import { invalidBytes, invalidCallOptions, invalidPageSizes } from '../support/malformed-values.ts'
import { rejectionOf } from '../support/rejection-of.ts'
import { similarNames } from '../support/similar-names.ts'
import { comparable, dumpOf, fillStream, maintenance, ofTenant, ownersOf } from './support/dumps.ts'
import { invalidPositions } from './support/journal-methods.ts'
import { newEntry, STREAM } from './support/entries.ts'
import type { JournalCases } from './support/journal-cases.ts'

/** Registers the cases of J12: a dump has everything once, in order, and is resumed anywhere. */
export function dump({ it }: JournalCases): void {
  it('J12 a dump has the head of each stream before its rows, in the order of positions', async ({
    store,
  }) => {
    const owner = freshIdentity()
    await fillStream(store, owner)
    const records = await dumpOf(store, owner.tenantId)
    assert.deepEqual(
      records.map(({ kind, position }) => [kind, position]),
      [
        ['stream', undefined],
        ['dropped', -8],
        ['dropped', -7],
        ['dropped', -6],
        ['dropped', -2],
        ['dropped', -1],
        ['entry', 3],
        ['entry', 4],
        ['entry', 5],
        ['replacement', 9],
        ['entry', 10],
        ['entry', 11],
        ['entry', 12],
      ],
    )
  })

  it('J12 a dump is in the order of its owners and streams, and goes on after any record', async ({
    store,
  }) => {
    const { tenantId } = freshIdentity()
    for (const name of ['a', 'B', 'é', '🙂', 'a.b']) {
      for (const owner of ownersOf(tenantId, name)) {
        await store.append(owner, name, [newEntry('1'), newEntry('2')])
      }
    }
    const all = await dumpOf(store, tenantId)
    assert.equal(all.length, 60)
    const heads = all.filter(({ kind }) => kind === 'stream').map(placeText)
    assert.deepEqual(heads, heads.toSorted(compareBytes))
    for (const pageSize of [1, 7, 1_000]) {
      assert.deepEqual(await dumpOf(store, tenantId, { pageSize }), all, `pages of ${pageSize}`)
    }
    for (const index of [0, 1, 2, 31, 59]) {
      const after = all[index]
      assert.ok(after !== undefined)
      const rest = await dumpOf(store, tenantId, { after, pageSize: 4 })
      assert.deepEqual(rest, all.slice(index + 1))
    }
    const gone = all[31]
    assert.ok(gone !== undefined)
    await store.delete(gone.owner, gone.stream)
    const left = all.slice(31).filter((record) => placeText(record) !== placeText(gone))
    assert.deepEqual(await dumpOf(store, tenantId, { after: gone }), left)
  })

  it('J12 a dump of a subtree has all of it and nothing else', async ({ store }) => {
    const names = similarNames(freshIdentity().tenantId)
    for (const name of names) {
      for (const owner of ownersOf(name, name)) {
        await store.append(owner, STREAM, [newEntry('1')])
      }
    }
    for (const name of names) {
      const session = { tenantId: name, userId: name, sessionId: name }
      const counts: readonly (readonly [Subtree, number])[] = [
        [allOfRun({ ...session, runId: name }), 1],
        [allOfSession(session), 2],
        [allOfUser({ tenantId: name, userId: name }), 3],
        [allOfTenant({ tenantId: name }), 4],
      ]
      for (const [within, count] of counts) {
        for (const pageSize of [1, 100]) {
          const found = await collect(store.dump(maintenance, { within, pageSize }))
          assert.equal(found.length, 2 * count, within.level)
          assert.ok(found.every(({ owner }) => owner.tenantId === name))
        }
      }
    }
  })

  it('J12 a page of a dump ends once it holds 8 MiB, and the walk goes on', async ({ store }) => {
    const owner = freshIdentity()
    const MIB = 1024 * 1024
    const sizes = [10, 5 * MIB, 10, 5 * MIB, 10, 10]
    for (const [index, size] of sizes.entries()) {
      await store.append(owner, STREAM, [
        { ...newEntry(''), bytes: new Uint8Array(size).fill(index + 1) },
      ])
    }
    const found = await dumpOf(store, owner.tenantId, { pageSize: 1_000 })
    const foundSizes = found.map((record) => ('bytes' in record ? record.bytes.byteLength : -1))
    assert.deepEqual(foundSizes, [-1, ...sizes])
  })

  it('J12 dump and loadDump reject what is malformed, and change nothing', async ({ store }) => {
    const identity = freshIdentity()
    await fillStream(store, identity)
    const to = freshIdentity()
    const good = (await dumpOf(store, identity.tenantId)).map((each) => ofTenant(each, to.tenantId))
    const load = (given: unknown) => () =>
      store.loadDump(maintenance, [malformed<DumpedRecord>(given)])
    for (const record of good) {
      for (const change of wrongParts(record)) {
        await assertFails('invalid_record', load({ ...record, ...change }), record.kind)
      }
      const narrow: Owner = { ...record.owner, sessionId: '', runId: 'r' }
      await assertFails('invalid_identity', load({ ...record, owner: narrow }))
      await assertFails('identity_required', load({ ...record, owner: undefined }))
    }
    for (const given of [undefined, null, 'x']) await assertFails('invalid_record', load(given))
    await assertFails('invalid_record', () => store.loadDump(maintenance, malformed(good[0])))
    const many = Array.from({ length: 1_001 }, () => malformed<DumpedRecord>(good[0]))
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

  it('J12 what a dump yields is the caller’s own, and what is loaded is captured', async ({
    store,
  }) => {
    const identity = freshIdentity()
    await fillStream(store, identity)
    const records = await dumpOf(store, identity.tenantId)
    const to = freshIdentity()
    const moved = records.map((record) => ofTenant(record, to.tenantId))
    const copied = moved.map((record) =>
      'bytes' in record ? { ...record, bytes: new Uint8Array(record.bytes) } : record,
    )
    const loading = store.loadDump(maintenance, copied)
    for (const record of copied) if ('bytes' in record) record.bytes.fill(0)
    await loading
    const before = comparable(records)
    for (const record of records) if ('bytes' in record) record.bytes.fill(0)
    for (const { tenantId } of [identity, to]) {
      assert.deepEqual(comparable(await dumpOf(store, tenantId)), before)
    }
  })

  it('J12 dump and loadDump honor an abort and a close', async ({ store }) => {
    const identity = freshIdentity()
    await fillStream(store, identity)
    const to = freshIdentity()
    const records = await dumpOf(store, identity.tenantId)
    const moved = records.map((each) => ofTenant(each, to.tenantId))
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

/** Returns malformed values of the parts that a record of this kind has. */
function wrongParts(record: DumpedRecord): readonly object[] {
  const common = [{ kind: 'other' }, { stream: '' }, { generation: 7 }, { more: 1 }]
  const positions = invalidPositions.map((position) => ({ position }))
  const dates = [undefined, 0, new Date(Number.NaN)]
  switch (record.kind) {
    case 'stream':
      return [
        ...common,
        { head: undefined },
        ...['first', 'position', 'length'].flatMap((part) =>
          invalidPositions.map((value) => ({ head: { ...record.head, [part]: value } })),
        ),
        ...dates.map((updatedAt) => ({ head: { ...record.head, updatedAt } })),
        ...dates.map((recentAt) => ({ recentAt })),
        ...[undefined, 'x', [{}], [{ operationId: '', digest: '' }]].map((operations) => ({
          operations,
        })),
        { operations: Array.from({ length: 17 }, () => record.operations[0]) },
      ]
    case 'dropped':
      return [...common, { position: 0 }, { position: 1 }, { position: -0.5 }, { entryId: '' }]
    case 'entry':
      return [
        ...common,
        ...positions,
        { position: 0 },
        { entryId: '' },
        { type: 7 },
        ...invalidBytes.map((bytes) => ({ bytes })),
        ...dates.map((createdAt) => ({ createdAt })),
      ]
    case 'replacement':
      return [
        ...common,
        ...positions,
        ...invalidPositions.map((replacedAfter) => ({ replacedAfter })),
      ]
  }
}

function placeText({ owner, stream }: DumpedRecord): string {
  return [owner.userId, owner.sessionId, owner.runId, stream].join('\0')
}
