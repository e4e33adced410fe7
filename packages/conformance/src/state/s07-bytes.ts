import assert from 'node:assert/strict'
import { MAX_STATE_BYTES, type StateRecord, type StateStore } from '@harborage/state'
import { assertFails } from '../support/assert-fails.ts'
import { assertEmpty, assertHolds } from './support/assert-slot.ts'
import { byteContents } from '../support/byte-contents.ts'
import { collect } from '../support/collect.ts'
import { freshKindPrefix, freshSlot } from './support/fresh-slot.ts'
import { newRecord } from './support/new-record.ts'
import { saveNew } from './support/save-new.ts'
import type { StateCases } from './support/state-cases.ts'
import { bytesOf, textOf } from '../support/text-bytes.ts'

/**
 * Registers the cases of S7: bytes are opaque, captured at the call, and owned by the caller once
 * they are returned.
 */
export function bytes({ it }: StateCases): void {
  for (const [description, content] of byteContents()) {
    it(`S7 ${description} is returned unchanged`, async ({ store }) => {
      const record = { ...newRecord(freshSlot()), bytes: content }
      assert.equal(await store.save(record), 'saved')
      await assertHolds(store, record)
      assert.equal(await store.save(record), 'unchanged')
    })
  }

  it('S7 a view into a larger buffer is stored without the rest of the buffer', async ({
    store,
  }) => {
    const record = { ...newRecord(freshSlot()), bytes: bytesOf('xxcontentxx').subarray(2, 9) }
    assert.equal(await store.save(record), 'saved')
    await assertHolds(store, { ...record, bytes: bytesOf('content') })
    const pooled = { ...newRecord(freshSlot()), bytes: Buffer.from('from a pool') }
    assert.equal(await store.save(pooled), 'saved')
    await assertHolds(store, { ...pooled, bytes: bytesOf('from a pool') })
  })

  it('S7 a save captures its arguments when it is called', async ({ store }) => {
    const { expected, given, mutate } = mutableRecord()
    const saving = store.save(given)
    mutate()
    assert.equal(await saving, 'saved')
    await assertHolds(store, expected)
  })

  it('S7 a commit captures its arguments when it is called', async ({ store }) => {
    const { expected, given, mutate } = mutableRecord()
    const save = [given]
    const committing = store.commit({ save })
    mutate()
    save.length = 0
    assert.deepEqual((await committing).save, ['saved'])
    await assertHolds(store, expected)
  })

  it('S7 changing the bytes after a save changes nothing stored', async ({ store }) => {
    const { expected, given, mutate } = mutableRecord()
    assert.equal(await store.save(given), 'saved')
    mutate()
    await assertHolds(store, expected)
  })

  for (const [method, read] of reads) {
    it(`S7 a record that ${method} returns is owned by the caller`, async ({ store }) => {
      const record = { ...newRecord(freshSlotOfKind()), updatedAt: new Date(1_000) }
      assert.equal(await store.save(record), 'saved')
      const given = await read(store, record)
      given.bytes.fill(0)
      given.updatedAt.setTime(0)
      Reflect.set(given.identity, 'userId', 'mutated')
      await assertHolds(store, record)
      assert.notEqual((await read(store, record)).bytes, given.bytes)
    })

    it(`S7 the bytes that ${method} returns have a buffer of exactly their length`, async ({
      store,
    }) => {
      for (const text of ['', 'a', 'content']) {
        const record = await saveNew(store, freshSlotOfKind(), text)
        const { bytes: given } = await read(store, record)
        assert.equal(textOf(given), text)
        assert.equal(Object.getPrototypeOf(given), Uint8Array.prototype, 'a plain Uint8Array')
        assert.equal(given.byteOffset, 0)
        assert.equal(given.buffer.byteLength, given.byteLength)
      }
    })
  }

  it('S7 a record above the size limit is rejected', async ({ store }) => {
    const record = { ...newRecord(freshSlot()), bytes: new Uint8Array(MAX_STATE_BYTES + 1) }
    await assertFails('invalid_record', () => store.save(record))
    await assertFails('invalid_record', () => store.commit({ save: [record] }))
    await assertEmpty(store, record)
  })
}

/** Every way to read a record. */
const reads: readonly (readonly [
  method: string,
  read: (store: StateStore, record: StateRecordPlace) => Promise<StateRecord>,
])[] = [
  ['load', (store, { identity, kind }) => store.loadOrThrow(identity, kind)],
  [
    'loadByEventId',
    (store, { identity, eventId }) => store.loadByEventIdOrThrow(identity, eventId),
  ],
  ['list', async (store, { identity, kind }) => only(await collect(store.list(identity, kind)))],
  [
    'listKind',
    async (store, { kind }) =>
      only(await collect(store.listKind({ maintenanceScoped: true }, kind))),
  ],
]

type StateRecordPlace = ReturnType<typeof newRecord>

function freshSlotOfKind(): ReturnType<typeof freshSlot> {
  return { ...freshSlot(), kind: freshKindPrefix() }
}

function only(records: readonly StateRecord[]): StateRecord {
  const [record] = records
  assert.ok(record !== undefined && records.length === 1, 'exactly one record is expected')
  return record
}

/** Returns a record and a function that changes every part of it. */
function mutableRecord(): {
  readonly expected: StateRecordPlace
  readonly given: StateRecordPlace
  readonly mutate: () => void
} {
  const record = { ...newRecord(freshSlot(), 'captured'), version: 1, updatedAt: new Date(1_000) }
  const given = {
    ...record,
    identity: { ...record.identity },
    bytes: new Uint8Array(record.bytes),
    updatedAt: new Date(record.updatedAt),
  }
  const mutate = (): void => {
    given.identity.userId = 'mutated'
    given.kind = 'mutated'
    given.bytes.fill(0)
    given.version = 2
    given.updatedAt.setTime(2_000)
  }
  return { expected: record, given, mutate }
}
