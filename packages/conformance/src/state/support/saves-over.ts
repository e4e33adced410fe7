import assert from 'node:assert/strict'
import type { AppliedCommit, CommitOutcome, NewStateRecord, StateStore } from '@harborage/state'
import { newRecord } from './new-record.ts'
import { saveNew } from './save-new.ts'

/** The calls that save a record over what its slot holds. */
export const saves: Readonly<
  Record<string, (store: StateStore, record: NewStateRecord) => Promise<void>>
> = {
  save: async (store, record) => {
    assert.equal(await store.save(record), 'saved')
  },
  commit: async (store, record) => {
    assert.deepEqual((await store.commit({ save: [record] })).save, ['saved'])
  },
  'commit of two': async (store, record) => {
    const beside = newRecord({ ...record, kind: `beside/${record.kind}` })
    assert.deepEqual((await store.commit({ save: [record, beside] })).save, ['saved', 'saved'])
  },
  'commit with a guard': async (store, record) => {
    const guard = await saveNew(store, { ...record, kind: `guard/${record.kind}` })
    assert.deepEqual((await store.commit({ expect: [guard], save: [record] })).save, ['saved'])
  },
}

/** The calls that save a record only into an empty slot. */
export const fillings: typeof saves = {
  'save with ifEventId null': async (store, record) => {
    assert.equal(await store.save(record, { ifEventId: null }), 'saved')
  },
  saveIfEmpty: async (store, record) => {
    assert.equal(await store.saveIfEmpty(record), 'saved')
  },
  'commit that expects nothing': async (store, record) => {
    const expect = [{ identity: record.identity, kind: record.kind, eventId: null }]
    assert.deepEqual((await store.commit({ expect, save: [record] })).save, ['saved'])
  },
  'commit that fills and saves': async (store, record) => {
    const beside = newRecord({ ...record, kind: `beside/${record.kind}` })
    const { saveIfEmpty } = appliedOf(await store.commit({ save: [beside], saveIfEmpty: [record] }))
    assert.deepEqual(saveIfEmpty, ['saved'])
  },
  'commit that fills with a guard': async (store, record) => {
    const guard = await saveNew(store, { ...record, kind: `guard/${record.kind}` })
    const { saveIfEmpty } = appliedOf(
      await store.commit({ expect: [guard], saveIfEmpty: [record] }),
    )
    assert.deepEqual(saveIfEmpty, ['saved'])
  },
}

function appliedOf(outcome: CommitOutcome): AppliedCommit {
  assert.ok(!outcome.repeated)
  return outcome
}
