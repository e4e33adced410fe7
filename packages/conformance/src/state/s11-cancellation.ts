import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { eventLoopTurns } from '../support/event-loop.ts'
import { rejectionOf } from '../support/rejection-of.ts'
import { collect } from '../support/collect.ts'
import { assertEmpty, assertHolds } from './support/assert-slot.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { freshKindPrefix, freshSlot } from './support/fresh-slot.ts'
import { newRecord } from './support/new-record.ts'
import { saveNew } from './support/save-new.ts'
import type { StateCases } from './support/state-cases.ts'
import { storeMethods } from './support/store-methods.ts'
import { threeSlots } from './support/three-slots.ts'

const maintenance = { maintenanceScoped: true } as const

/** Seconds of work in the slowest store: an end for a store in which no timer ever fires. */
const MAX_WALKS = 20_000

/** Registers the cases of S11: a canceled call is applied as a whole or not at all. */
export function cancellation({ it, callers }: StateCases): void {
  for (const { name, call } of storeMethods) {
    it(`S11 ${name} with an aborted signal rejects with its reason and changes nothing`, async ({
      store,
    }) => {
      const held = await saveNew(store, freshSlot(), 'held')
      const given = name.includes('save') ? newRecord(held, 'rejected') : held
      const reason = new Error('the user left')
      const options = { signal: AbortSignal.abort(reason) }
      assert.equal(await rejectionOf(() => call(store, { ...given, options })), reason)
      await assertHolds(store, held)
    })

    it(`S11 ${name} with a signal that is not aborted succeeds and leaves no listener`, async ({
      store,
    }) => {
      const held = await saveNew(store, freshSlot(), 'held')
      const given = name.includes('save') ? newRecord(held, 'saved') : held
      const { signal } = new AbortController()
      await call(store, { ...given, options: { signal } })
      assert.equal(getEventListeners(signal, 'abort').length, 0, 'no listener may be left')
      if (name.includes('save')) await assertHolds(store, /empty/i.test(name) ? held : given)
      if (name.includes('delete')) await assertEmpty(store, held)
    })
  }

  it('S11 listKind with an aborted signal rejects with its reason', async ({ store }) => {
    const reason = new Error('the user left')
    const options = { signal: AbortSignal.abort(reason) }
    const walk = () => collect(store.listKind(maintenance, 'task.', options))
    assert.equal(await rejectionOf(walk), reason)
  })

  it('S11 an abort without a reason rejects with the AbortError of the platform', async ({
    store,
  }) => {
    const { identity, kind } = freshSlot()
    const signal = AbortSignal.abort()
    const rejection = await rejectionOf(() => store.load(identity, kind, { signal }))
    assert.equal(rejection, signal.reason)
  })

  for (const delay of [0, 1, 2, 5]) {
    it(`S11 each of ${callers} saves that are aborted ${delay} event-loop turns later is applied or has no effect`, async ({
      store,
    }) => {
      const identity = freshIdentity()
      const controller = new AbortController()
      const { signal } = controller
      const records = Array.from({ length: callers }, (_, caller) =>
        newRecord({ identity, kind: `task.${caller}` }, `${caller}`),
      )
      const saving = Promise.allSettled(records.map((record) => store.save(record, { signal })))
      await eventLoopTurns(delay)
      const reason = new Error('the user left')
      controller.abort(reason)
      for (const [caller, result] of (await saving).entries()) {
        const record = records[caller]
        assert.ok(record !== undefined)
        if (result.status === 'rejected') assert.equal(result.reason, reason)
        const retried = await store.save(record)
        assert.ok(retried === 'unchanged' || result.status === 'rejected')
        await assertHolds(store, record)
      }
    })

    it(`S11 no commit that is aborted ${delay} event-loop turns later is applied in part`, async ({
      store,
    }) => {
      for (let round = 0; round < 20; round += 1) {
        const [a, b, c] = threeSlots()
        await saveNew(store, c, 'doomed')
        const transaction = { save: [newRecord(a), newRecord(b)], delete: [c] }
        const controller = new AbortController()
        const { signal } = controller
        const committing = Promise.allSettled([store.commit(transaction, { signal })])
        await eventLoopTurns(delay)
        controller.abort()
        await committing
        // The retry runs after the aborted commit, and finds all of it applied or nothing of it.
        const { save: retried } = await store.commit(transaction)
        assert.equal(new Set(retried).size, 1, `a part was applied: ${retried.join()}`)
        for (const record of transaction.save) await assertHolds(store, record)
        await assertEmpty(store, c)
      }
    })
  }

  for (const pageSize of [1, 2, 3]) {
    it(`S11 an abort during a walk in pages of ${pageSize} rejects with its reason before the next record`, async ({
      store,
    }) => {
      const [identity, prefix] = [freshIdentity(), freshKindPrefix()]
      for (const ending of ['a', 'b', 'c']) {
        await saveNew(store, { identity, kind: prefix + ending })
      }
      const walkers = [
        (signal: AbortSignal) => store.list(identity, prefix, { signal, pageSize }),
        (signal: AbortSignal) => store.listKind(maintenance, prefix, { signal, pageSize }),
      ]
      for (const walk of walkers) {
        for (const given of [1, 2, 3]) {
          const controller = new AbortController()
          const iterator = walk(controller.signal)[Symbol.asyncIterator]()
          for (let step = 0; step < given; step += 1) {
            assert.notEqual((await iterator.next()).done, true)
          }
          const reason = new Error('the user left')
          controller.abort(reason)
          assert.equal(await rejectionOf(() => iterator.next()), reason)
        }
      }
    })
  }

  it('S11 a timer can abort consecutive walks without a pause in between', async ({ store }) => {
    const [identity, prefix] = [freshIdentity(), freshKindPrefix()]
    for (const ending of ['a', 'b', 'c']) await saveNew(store, { identity, kind: prefix + ending })
    const controller = new AbortController()
    const { signal } = controller
    const reason = new Error('the user left')
    const walkAll = () => collect(store.list(identity, prefix, { signal, pageSize: 1 }))
    // What only a first walk waits for must not be what lets the timer fire.
    await walkAll()
    setTimeout(() => controller.abort(reason), 1)
    const walkOn = async (): Promise<void> => {
      for (let walk = 0; walk < MAX_WALKS; walk += 1) await walkAll()
    }
    assert.equal(await rejectionOf(walkOn), reason)
  })

  it('S11 an abort after the answer changes nothing', async ({ store }) => {
    const controller = new AbortController()
    const record = newRecord(freshSlot())
    assert.equal(await store.save(record, { signal: controller.signal }), 'saved')
    controller.abort()
    await assertHolds(store, record)
  })
}
