import assert from 'node:assert/strict'
import { MAX_LOAD_SLOTS, type NewStateRecord, type StateRecord } from '@harborage/state'
import { assertFails } from '../support/assert-fails.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { malformed } from '../support/malformed.ts'
import { identityParts } from '../support/similar-names.ts'
import { assertHolds, assertSameRecord } from './support/assert-slot.ts'
import { newRecord } from './support/new-record.ts'
import { saveNew } from './support/save-new.ts'
import { saveSimilar } from './support/save-similar.ts'
import type { StateCases } from './support/state-cases.ts'

/** The most bytes that one call returns. */
const MAX_BYTES = 64 * 1024 * 1024
/** The size of a record that can be returned 958 times and not 959 times. */
const RECORD_BYTES = 70_000

/** Registers the cases of S14: loadMany returns what many slots hold, in one call. */
export function loadMany({ it, itIfShared }: StateCases): void {
  it('S14 loadMany returns complete records in the order of the slots, and undefined for an empty one', async ({
    store,
  }) => {
    const identity = freshIdentity()
    const { runId: _, ...session } = identity
    const slots = [
      { identity, kind: 'task.b' },
      { identity: session, kind: 'task.a' },
      { identity: { ...identity, userId: 'another' }, kind: 'task.b' },
      { identity, kind: 'task.a' },
    ]
    const records = slots.map((slot, index) => ({
      ...newRecord(slot, `content ${index}`),
      version: index,
      updatedAt: new Date(index),
    }))
    await store.commit({ save: records })
    const empty = [
      { identity, kind: 'task.c' },
      { identity: { ...session, sessionId: 'another' }, kind: 'task.a' },
    ]
    const asked = [empty[0], slots[3], slots[0], empty[1], slots[2], slots[1]].flatMap(
      (slot) => slot ?? [],
    )
    const [none, last, first, nothing, third, second] = await store.loadMany(asked)
    assert.deepEqual([none, nothing], [undefined, undefined])
    assertAre([first, second, third, last], records)
  })

  it('S14 loadMany of no slots returns an empty array', async ({ store }) => {
    assert.deepEqual(await store.loadMany([]), [])
  })

  it('S14 loadMany takes a whole record, and the key of one, as a slot', async ({ store }) => {
    const record = await saveNew(store, { identity: freshIdentity(), kind: 'task.a' })
    const held = await store.loadOrThrow(record.identity, record.kind)
    for await (const key of store.listKeys(record.identity, '')) {
      assertAre(await store.loadMany([key, held]), [record, record])
    }
  })

  it('S14 loadMany returns a copy of its own for each time that a slot is named', async ({
    store,
  }) => {
    const identity = freshIdentity()
    const record = await saveNew(store, { identity, kind: 'task.a' })
    const [first, second] = await store.loadMany([record, record])
    first?.bytes.fill(0)
    Object.assign(first?.identity ?? {}, { userId: 'changed' })
    first?.updatedAt.setTime(0)
    assertAre([second], [record])
    await assertHolds(store, record)
    const [again] = await store.loadMany([record])
    again?.bytes.fill(0)
    await assertHolds(store, record)
  })

  it('S14 loadMany keeps similar slots apart', async ({ store }) => {
    for (const part of identityParts) {
      const records = await saveSimilar(store, part)
      const groups = part === 'tenantId' ? records.map((record) => [record]) : [records]
      for (const group of groups) assertAre(await store.loadMany(group), group)
    }
  })

  it(`S14 loadMany loads 1 to ${MAX_LOAD_SLOTS} slots`, async ({ store }) => {
    const identity = freshIdentity()
    const records = Array.from({ length: MAX_LOAD_SLOTS }, (_, index) =>
      newRecord({ identity, kind: `task.${index}` }, `${index}`),
    )
    await store.commit({ save: records })
    for (const count of [1, 2, 17, 129, MAX_LOAD_SLOTS]) {
      const asked = records.slice(-count).toReversed()
      assertAre(await store.loadMany(asked), asked)
    }
  })

  it('S14 loadMany rejects more than 1,000 slots, several tenants and what is no array of slots', async ({
    store,
  }) => {
    const slot = await saveNew(store, { identity: freshIdentity(), kind: 'task.a' })
    const other = { ...slot, identity: { ...slot.identity, tenantId: 'another tenant' } }
    const tooMany = Array.from({ length: MAX_LOAD_SLOTS + 1 }, () => slot)
    const wrong: unknown[] = [tooMany, [slot, other], [slot, undefined], undefined, slot, 'slots']
    for (const slots of wrong) {
      await assertFails('invalid_record', () => store.loadMany(malformed(slots)))
    }
    await assertFails('identity_required', () =>
      store.loadMany([{ ...slot, kind: '' }, malformed({ kind: 'task.a', identity: {} })]),
    )
  })

  it(`S14 loadMany rejects more than ${MAX_BYTES} bytes in all with result_too_large`, async ({
    store,
  }) => {
    const slot = { identity: freshIdentity(), kind: 'task.a' }
    const record = { ...newRecord(slot), bytes: new Uint8Array(RECORD_BYTES).fill(0xc3) }
    await store.save(record)
    const times = (count: number) => Array.from({ length: count }, () => slot)
    const loaded = await store.loadMany(times(50))
    assert.equal(loaded.length, 50)
    assert.equal(loaded.at(-1)?.bytes.byteLength, RECORD_BYTES)
    const tooMany = times(Math.floor(MAX_BYTES / RECORD_BYTES) + 1)
    await assertFails('result_too_large', () => store.loadMany(tooMany))
  })

  itIfShared(
    'S14 loadMany never returns a part of a commit of another store',
    async ({ store, open }) => {
      const other = await open()
      const identity = freshIdentity()
      const slots = Array.from({ length: 8 }, (_, index) => ({ identity, kind: `task.${index}` }))
      const commit = (text: string) =>
        other.commit({ save: slots.map((slot) => newRecord(slot, text)) })
      await commit('0')
      for (let round = 1; round <= 10; round += 1) {
        const reads = [store.loadMany(slots), store.loadMany(slots)]
        const committing = commit(`${round}`)
        reads.push(store.loadMany(slots))
        await committing
        for (const records of await Promise.all(reads)) {
          const texts = records.map((record) => Buffer.from(record?.bytes ?? []).toString())
          assert.equal(new Set(texts).size, 1, `parts of two commits: ${texts.join()}`)
        }
      }
    },
  )
}

function assertAre(
  actual: readonly (StateRecord | undefined)[],
  expected: readonly NewStateRecord[],
): void {
  assert.equal(actual.length, expected.length)
  for (const [index, record] of expected.entries()) assertSameRecord(actual[index], record)
}
