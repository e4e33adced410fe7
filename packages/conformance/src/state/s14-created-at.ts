import assert from 'node:assert/strict'
import type { NewStateRecord, StateStore } from '@harborage/state'
import { collect } from '../support/collect.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { freshKindPrefix } from './support/fresh-slot.ts'
import { newRecord } from './support/new-record.ts'
import type { StateCases } from './support/state-cases.ts'

/** Dates of the save that fills a slot, among them those that a database might take for none. */
const firstTimes = [5_000, 0, -8.64e15, 8.64e15]

/** Registers the cases of S14: createdAt is the date of the save that filled the slot. */
export function createdAt({ it, callers }: StateCases): void {
  it('S14 createdAt is the updatedAt of the save that filled the slot, for every read', async ({
    store,
  }) => {
    const identity = freshIdentity()
    for (const first of firstTimes) {
      const slot = { identity, kind: freshKindPrefix() }
      const at = (time: number): Dated => ({ ...newRecord(slot), updatedAt: new Date(time) })
      const filling = at(first)
      await store.save(filling)
      await assertDates(store, filling, first)
      const second = at(9_000)
      await store.save(second)
      const third = at(1_000)
      await store.save(third, { ifEventId: second.eventId })
      await store.commit({ save: [at(2_000)] })
      const held = await store.loadOrThrow(identity, slot.kind)
      // A record that was loaded may be saved again as it is: its createdAt is ignored.
      const last = { ...held, createdAt: new Date(1), ...at(3_000) }
      await store.commit({ expect: [held], save: [last] })
      assert.equal(await store.save(filling), 'superseded')
      await assertDates(store, last, first)
      await store.delete(identity, slot.kind)
      const again = at(4_000)
      await store.commit({ save: [again] })
      await assertDates(store, again, 4_000)
    }
  })

  it(`S14 createdAt of slots that ${callers} callers fill and overwrite at once`, async ({
    store,
  }) => {
    const identity = freshIdentity()
    const records = (time: number): Dated[] =>
      Array.from({ length: callers }, (_, caller) => ({
        ...newRecord({ identity, kind: `task.${caller}` }),
        updatedAt: new Date(time + caller),
      }))
    const first = records(1_000)
    await Promise.all(first.map((record) => store.save(record)))
    await Promise.all(records(5_000).map((record) => store.save(record)))
    for (const { kind, updatedAt } of first) {
      assert.deepEqual((await store.loadOrThrow(identity, kind)).createdAt, updatedAt)
    }
  })
}

type Dated = NewStateRecord & { readonly updatedAt: Date }

/** Checks the dates of a record in the answers of all methods that read. */
async function assertDates(store: StateStore, expected: Dated, createdTime: number): Promise<void> {
  const { identity, kind, eventId } = expected
  const reads = {
    load: await store.load(identity, kind),
    loadByEventId: await store.loadByEventId(identity, eventId),
    loadMany: (await store.loadMany([expected])).at(0),
    list: (await collect(store.list(identity, kind))).at(0),
    listKeys: (await collect(store.listKeys(identity, kind))).at(0),
    listKind: (await collect(store.listKind({ maintenanceScoped: true }, kind))).at(0),
  }
  for (const [read, record] of Object.entries(reads)) {
    assert.equal(record?.updatedAt.getTime(), expected.updatedAt.getTime(), `updatedAt of ${read}`)
    assert.equal(record?.createdAt.getTime(), createdTime, `createdAt of ${read}`)
  }
}
