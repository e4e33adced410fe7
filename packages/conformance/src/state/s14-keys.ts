import assert from 'node:assert/strict'
import type { NewStateRecord, StateKey } from '@harborage/state'
import { collect } from '../support/collect.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { identityParts } from '../support/similar-names.ts'
import { newRecord } from './support/new-record.ts'
import { saveNew } from './support/save-new.ts'
import { saveSimilar } from './support/save-similar.ts'
import type { StateCases } from './support/state-cases.ts'

const sizes: readonly number[] = [0, 1, 255, 70_000]

/** Registers the cases of S14: listKeys yields records without their bytes, count counts them. */
export function keys({ it, many }: StateCases): void {
  it('S14 listKeys yields everything of a record but its bytes, and their number', async ({
    store,
  }) => {
    const identity = freshIdentity()
    const records = sizes.map((size, index) => ({
      ...newRecord({ identity, kind: `task.${index}` }),
      bytes: new Uint8Array(size).fill(0xc3),
      version: 2 ** 40 + index,
      updatedAt: new Date(index),
      expiresAt: new Date(8.64e15 - index),
    }))
    await store.commit({ save: records })
    const listed = await collect(store.listKeys(identity, 'task.'))
    assert.deepEqual(listed.map(comparable), records.map(keyOf))
  })

  it('S14 listKeys yields the newest generation, and nothing of a deleted record', async ({
    store,
  }) => {
    const identity = freshIdentity()
    const slot = { identity, kind: 'task.a' }
    await saveNew(store, slot, 'old')
    const newest = await saveNew(store, slot, 'newest')
    await saveNew(store, { identity, kind: 'task.b' })
    await store.delete(identity, 'task.b')
    const listed = await collect(store.listKeys(identity, ''))
    assert.deepEqual(
      listed.map(({ eventId, size }) => ({ eventId, size })),
      [{ eventId: newest.eventId, size: newest.bytes.byteLength }],
    )
    assert.equal(await store.count(identity, ''), 1)
  })

  it('S14 a key of listKeys is a copy that the caller may change', async ({ store }) => {
    const record = await saveNew(store, { identity: freshIdentity(), kind: 'task.a' })
    for await (const key of store.listKeys(record.identity, '')) {
      Object.assign(key.identity, { userId: 'changed' })
      key.updatedAt.setTime(0)
    }
    const [again] = await collect(store.listKeys(record.identity, ''))
    assert.deepEqual(again?.identity, record.identity)
    assert.notEqual(again?.updatedAt.getTime(), 0)
  })

  it('S14 listKeys and count keep to their run if another is similar', async ({ store }) => {
    for (const part of identityParts) {
      for (const record of await saveSimilar(store, part)) {
        const listed = await collect(store.listKeys(record.identity, 'task.'))
        assert.deepEqual(
          listed.map(({ eventId }) => eventId),
          [record.eventId],
        )
        assert.equal(await store.count(record.identity, 'task.'), 1)
      }
    }
  })

  it(`S14 listKeys yields each of ${many} records once, and count counts them`, async ({
    store,
  }) => {
    const identity = freshIdentity()
    const records = Array.from({ length: many }, (_, index) =>
      newRecord({ identity, kind: `task.${index}` }, 'x'),
    )
    await store.commit({ save: records.slice(0, 1_000) })
    if (many > 1_000) await store.commit({ save: records.slice(1_000) })
    for (const pageSize of [100, 1_000]) {
      const listed = await collect(store.listKeys(identity, 'task.', { pageSize }))
      assert.equal(new Set(listed.map(({ kind }) => kind)).size, many)
      assert.equal(listed.length, many, `in pages of ${pageSize}`)
    }
    assert.equal(await store.count(identity, 'task.'), many)
  })
}

function keyOf({ bytes, ...record }: Required<NewStateRecord>): unknown {
  const identity = { runId: '', ...record.identity }
  return comparable({ ...record, identity, createdAt: record.updatedAt, size: bytes.length })
}

function comparable({
  eventId,
  identity,
  kind,
  version,
  size,
  updatedAt,
  createdAt,
  ...rest
}: StateKey): unknown {
  const { tenantId, userId, sessionId, runId } = identity
  const names = { eventId, tenantId, userId, sessionId, runId, kind }
  return { ...names, version, size, updatedAt, createdAt, rest }
}
