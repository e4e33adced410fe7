import assert from 'node:assert/strict'
import type { StateRecord, StateStore } from '@harborage/state'
import { assertFails } from '../support/assert-fails.ts'
import { assertHolds } from './support/assert-slot.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { freshKindPrefix, freshSlot } from './support/fresh-slot.ts'
import { nextTurn } from '../support/event-loop.ts'
import { newRecord } from './support/new-record.ts'
import { race, tally } from '../support/race.ts'
import { saveNew } from './support/save-new.ts'
import type { StateCases } from './support/state-cases.ts'
import { storeMethods } from './support/store-methods.ts'

const maintenance = { maintenanceScoped: true } as const

/** Registers the cases of S10: close waits for running calls and rejects later ones. */
export function close({ it, itIfDurable, itIfShared, callers }: StateCases): void {
  it('S10 close may be called repeatedly and concurrently', async ({ store }) => {
    await Promise.all([store.close(), store.close(), store[Symbol.asyncDispose]()])
    await store.close()
    await store[Symbol.asyncDispose]()
  })

  it('S10 disposing of a store closes it', async ({ store }) => {
    await store[Symbol.asyncDispose]()
    const { identity, kind } = freshSlot()
    await assertFails('store_closed', () => store.load(identity, kind))
  })

  for (const { name, call } of storeMethods) {
    it(`S10 ${name} on a closed store is rejected`, async ({ store }) => {
      const record = newRecord(freshSlot())
      const closing = store.close()
      await assertFails('store_closed', () => call(store, record))
      await closing
      await assertFails('store_closed', () => call(store, record))
    })
  }

  it('S10 listKind on a closed store is rejected', async ({ store }) => {
    await store.close()
    await assertFails('store_closed', () => store.listKind(maintenance, 'task.'))
  })

  it(`S10 close waits for ${callers} running calls`, async ({ store }) => {
    const identity = freshIdentity()
    let finished = 0
    const calls = race(callers, async (caller) => {
      const answer = await store.save(newRecord({ identity, kind: `task.${caller}` }))
      finished += 1
      return answer
    })
    await store.close()
    // The answers reach their callers within this turn of the event loop.
    await nextTurn()
    assert.equal(finished, callers, 'close has to wait')
    assert.deepEqual(tally(await calls), { saved: callers })
  })

  itIfDurable(
    'S10 a reopened store finds what was acknowledged while the store closed',
    async ({ store, open }) => {
      const identity = freshIdentity()
      const records = Array.from({ length: callers }, (_, caller) =>
        newRecord({ identity, kind: `task.${caller}` }, `${caller}`),
      )
      const saving = race(callers, async (caller) => {
        const record = records[caller]
        return record && store.save(record)
      })
      await store.close()
      assert.deepEqual(tally(await saving), { saved: callers })
      const reopened = await open()
      for (const record of records) await assertHolds(reopened, record)
    },
  )

  itIfDurable('S10 a reopened store finds every part of a record', async ({ store, open }) => {
    const record = {
      ...newRecord(freshSlot(), 'kept'),
      version: 2 ** 53 - 1,
      updatedAt: new Date(-1),
    }
    await store.save(record)
    await store.close()
    await assertHolds(await open(), record)
  })

  for (const [method, walk] of walkers) {
    it(`S10 a ${method} that starts after the close is rejected`, async ({ store }) => {
      const walked = walk(store, await fillPages(store))
      await store.close()
      await assertFails('store_closed', () => walked[Symbol.asyncIterator]().next())
    })

    it(`S10 a ${method} that started before the close yields at most the rest of its page`, async ({
      store,
    }) => {
      const iterator = walk(store, await fillPages(store))[Symbol.asyncIterator]()
      assert.notEqual((await iterator.next()).done, true)
      await store.close()
      await assertFails('store_closed', async () => {
        for (let step = 0; step < PAGE_SIZE; step += 1) await iterator.next()
      })
    })
  }

  itIfShared('S10 closing one store leaves the others open', async ({ store, open }) => {
    const other = await open()
    const record = await saveNew(store, freshSlot())
    await store.close()
    await assertHolds(other, record)
    await saveNew(other, record, 'newer')
  })
}

const PAGE_SIZE = 2

interface Walked {
  readonly identity: ReturnType<typeof freshIdentity>
  readonly prefix: string
}

const walkers: readonly (readonly [
  method: string,
  walk: (store: StateStore, at: Walked) => AsyncIterable<StateRecord>,
])[] = [
  ['list', (store, { identity, prefix }) => store.list(identity, prefix, { pageSize: PAGE_SIZE })],
  ['listKind', (store, { prefix }) => store.listKind(maintenance, prefix, { pageSize: PAGE_SIZE })],
]

/** Saves more records than two pages hold. */
async function fillPages(store: StateStore): Promise<Walked> {
  const at = { identity: freshIdentity(), prefix: freshKindPrefix() }
  for (const ending of ['a', 'b', 'c', 'd', 'e']) {
    await saveNew(store, { identity: at.identity, kind: `${at.prefix}${ending}` })
  }
  return at
}
