import assert from 'node:assert/strict'
import { assertFails } from '../support/assert-fails.ts'
import { assertEmpty, assertHolds } from './support/assert-slot.ts'
import { freshSlot } from './support/fresh-slot.ts'
import { malformed } from '../support/malformed.ts'
import { newRecord } from './support/new-record.ts'
import type { StateCases } from './support/state-cases.ts'

const MAX_DATE_MS = 8.64e15

/** Registers the cases of S7: versions and dates are returned exactly as they were saved. */
export function versionsAndDates({ it }: StateCases): void {
  const versions = [0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 53 - 1]
  for (const version of versions) {
    it(`S7 version ${version} is returned unchanged`, async ({ store }) => {
      const record = { ...newRecord(freshSlot()), version }
      assert.equal(await store.save(record), 'saved')
      await assertHolds(store, record)
      assert.equal(await store.save(record), 'unchanged')
    })
  }

  it('S7 an omitted version is 0, and so is -0', async ({ store }) => {
    const absent = newRecord(freshSlot())
    const negative = { ...newRecord(freshSlot()), version: -0 }
    for (const record of [absent, negative]) {
      assert.equal(await store.save(record), 'saved')
      const { version } = await store.loadOrThrow(record.identity, record.kind)
      assert.ok(Object.is(version, 0), 'the version has to be 0, not -0')
      assert.equal(await store.save({ ...record, version: 0 }), 'unchanged')
    }
  })

  it('S7 versions may repeat and decrease', async ({ store }) => {
    const slot = freshSlot()
    for (const version of [7, 7, 3, 0, 9]) {
      const record = { ...newRecord(slot), version }
      assert.equal(await store.save(record), 'saved')
      await assertHolds(store, record)
    }
  })

  it('S7 any other version is rejected', async ({ store }) => {
    const versions: readonly unknown[] = [
      -1,
      0.5,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      2 ** 53,
      '1',
      1n,
      null,
      {},
    ]
    for (const version of versions) {
      const record = { ...newRecord(freshSlot()), version: malformed<number>(version) }
      await assertFails('invalid_record', () => store.save(record), String(version))
      await assertFails('invalid_record', () => store.commit({ save: [record] }), String(version))
      await assertEmpty(store, record)
    }
  })

  const times = [0, 1, -1, 999, -MAX_DATE_MS, MAX_DATE_MS, Date.UTC(1969, 11, 31, 23, 59, 59, 999)]
  for (const time of [...times, Date.UTC(2024, 1, 29, 12, 34, 56, 789), Date.UTC(9999, 11, 31)]) {
    it(`S7 the date ${new Date(time).toISOString()} keeps its milliseconds`, async ({ store }) => {
      const record = { ...newRecord(freshSlot()), updatedAt: new Date(time) }
      assert.equal(await store.save(record), 'saved')
      await assertHolds(store, record)
    })
  }

  it('S7 an omitted date is the time of the save', async ({ store }) => {
    const record = newRecord(freshSlot())
    const before = Date.now()
    await store.save(record)
    const { updatedAt } = await store.loadOrThrow(record.identity, record.kind)
    assert.ok(updatedAt.getTime() >= before && updatedAt.getTime() <= Date.now())
  })

  it('S7 an invalid date is rejected', async ({ store }) => {
    const dates: readonly unknown[] = [
      new Date(Number.NaN),
      new Date(MAX_DATE_MS + 1),
      '2024-02-29',
      0,
      null,
      {},
    ]
    for (const updatedAt of dates) {
      const record = { ...newRecord(freshSlot()), updatedAt: malformed<Date>(updatedAt) }
      await assertFails('invalid_record', () => store.save(record))
      await assertFails('invalid_record', () => store.commit({ save: [record] }))
      await assertEmpty(store, record)
    }
  })
}
