import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { MAX_STATE_BYTES, type StateRecord, type StateStore } from '@harborage/state'
import { assertFails } from '../support/assert-fails.ts'
import { assertEmpty, assertHolds } from './support/assert-slot.ts'
import { collect } from '../support/collect.ts'
import { freshKindPrefix, freshSlot } from './support/fresh-slot.ts'
import { newRecord } from './support/new-record.ts'
import { saveNew } from './support/save-new.ts'
import type { StateCases } from './support/state-cases.ts'
import { bytesOf, textOf } from '../support/text-bytes.ts'

const MEBIBYTE = 1024 * 1024

/** S7: bytes are opaque, captured at the call, and the caller's own when they come back. */
export function bytes({ it }: StateCases): void {
  const contents: readonly (readonly [string, Uint8Array])[] = [
    ['no bytes at all', new Uint8Array()],
    ['one zero byte', new Uint8Array(1)],
    ['every value of a byte', Uint8Array.from({ length: 256 }, (_, value) => value)],
    ['bytes that are not UTF-8', Uint8Array.of(0xc3, 0x28, 0xff, 0xfe, 0x00, 0xed, 0xa0, 0x80)],
    ['text that looks like an escape', bytesOf('\\x00\\000')],
    ['JSON text', bytesOf('{"a":[1,2,{"b":null}]}')],
    ['1 MiB of random bytes', new Uint8Array(randomBytes(MEBIBYTE))],
    ['1 MiB of zeros', new Uint8Array(MEBIBYTE)],
  ]
  for (const [description, content] of contents) {
    it(`S7 ${description} come back as they were`, async ({ store }) => {
      const record = { ...newRecord(freshSlot()), bytes: content }
      assert.equal(await store.save(record), 'saved')
      await assertHolds(store, record)
      assert.equal(await store.save(record), 'unchanged')
    })
  }

  it('S7 a view into a larger buffer is stored without what is around it', async ({ store }) => {
    const record = { ...newRecord(freshSlot()), bytes: bytesOf('xxcontentxx').subarray(2, 9) }
    assert.equal(await store.save(record), 'saved')
    await assertHolds(store, { ...record, bytes: bytesOf('content') })
    const pooled = { ...newRecord(freshSlot()), bytes: Buffer.from('from a pool') }
    assert.equal(await store.save(pooled), 'saved')
    await assertHolds(store, { ...pooled, bytes: bytesOf('from a pool') })
  })

  it('S7 a save captures its arguments when it is called', async ({ store }) => {
    const { expected, given, spoil } = spoilableRecord()
    const saving = store.save(given)
    spoil()
    assert.equal(await saving, 'saved')
    await assertHolds(store, expected)
  })

  it('S7 a commit captures its arguments when it is called', async ({ store }) => {
    const { expected, given, spoil } = spoilableRecord()
    const save = [given]
    const committing = store.commit({ save })
    spoil()
    save.length = 0
    assert.deepEqual(await committing, ['saved'])
    await assertHolds(store, expected)
  })

  it('S7 changing the bytes after a save changes nothing stored', async ({ store }) => {
    const { expected, given, spoil } = spoilableRecord()
    assert.equal(await store.save(given), 'saved')
    spoil()
    await assertHolds(store, expected)
  })

  for (const [method, read] of reads) {
    it(`S7 what ${method} gives is the caller's own`, async ({ store }) => {
      const record = { ...newRecord(freshSlotOfKind()), updatedAt: new Date(1_000) }
      assert.equal(await store.save(record), 'saved')
      const given = await read(store, record)
      given.bytes.fill(0)
      given.updatedAt.setTime(0)
      Reflect.set(given.identity, 'userId', 'spoilt')
      await assertHolds(store, record)
      assert.notEqual((await read(store, record)).bytes, given.bytes)
    })

    it(`S7 the bytes that ${method} gives have a buffer of exactly their length`, async ({
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

  it('S7 more than the most bytes are refused', async ({ store }) => {
    const record = { ...newRecord(freshSlot()), bytes: new Uint8Array(MAX_STATE_BYTES + 1) }
    await assertFails('invalid_record', () => store.save(record))
    await assertFails('invalid_record', () => store.commit({ save: [record] }))
    await assertEmpty(store, record)
  })
}

/** Every way to read a record that is there. */
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

/** A record whose every part can be changed after it was handed over. */
function spoilableRecord(): {
  readonly expected: StateRecordPlace
  readonly given: StateRecordPlace
  readonly spoil: () => void
} {
  const record = { ...newRecord(freshSlot(), 'captured'), version: 1, updatedAt: new Date(1_000) }
  const given = {
    ...record,
    identity: { ...record.identity },
    bytes: new Uint8Array(record.bytes),
    updatedAt: new Date(record.updatedAt),
  }
  const spoil = (): void => {
    given.identity.userId = 'spoilt'
    given.kind = 'spoilt'
    given.bytes.fill(0)
    given.version = 2
    given.updatedAt.setTime(2_000)
  }
  return { expected: record, given, spoil }
}
