import assert from 'node:assert/strict'
import { isHarborageError, type ErrorCode, type ErrorEntry } from '@harborage/core'
import type { Slot, StateStore, StateTransaction } from '@harborage/state'
import { assertFails } from '../support/assert-fails.ts'
import { collect } from '../support/collect.ts'
import { eventLoopTurns } from '../support/event-loop.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { malformed } from '../support/malformed.ts'
import { race, tally } from '../support/race.ts'
import { bytesOf } from '../support/text-bytes.ts'
import { assertEmpty, assertHolds } from './support/assert-slot.ts'
import { prefixExamples, type PrefixExample } from './support/kind-examples.ts'
import { newRecord } from './support/new-record.ts'
import { saveNew } from './support/save-new.ts'
import type { StateCases } from './support/state-cases.ts'
import { threeSlots } from './support/three-slots.ts'

const ROUNDS = 10

/** Registers the cases of S14: a commit fills slots, empties prefixes and names its errors. */
export function commitMany({ it, itIfShared, callers }: StateCases): void {
  it('S14 saveIfEmpty fills an empty slot once, and leaves a full one as it is', async ({
    store,
  }) => {
    const [a, b] = threeSlots()
    const first = { ...newRecord(a, 'first'), version: 3, updatedAt: new Date(5) }
    assert.equal(await store.saveIfEmpty(first), 'saved')
    assert.equal(await store.saveIfEmpty(first), 'unchanged')
    assert.equal(await store.saveIfEmpty(newRecord(a, 'second')), 'kept')
    const conflict = { ...first, bytes: bytesOf('other') }
    await assertFails('idempotency_conflict', () => store.saveIfEmpty(conflict))
    await assertFails('idempotency_conflict', () => store.saveIfEmpty({ ...first, kind: b.kind }))
    await assertEmpty(store, b)
    await assertHolds(store, first)
    const newest = await saveNew(store, a, 'newest')
    // A full slot is kept, even if it held the record before.
    assert.equal(await store.saveIfEmpty(first), 'kept')
    await assertHolds(store, newest)
    await store.delete(a.identity, a.kind)
    assert.equal(await store.saveIfEmpty(first), 'saved')
  })

  it(`S14 of ${callers} concurrent calls of saveIfEmpty for one slot, exactly one fills it`, async ({
    store,
  }) => {
    await assertOneFills([store], callers)
  })

  itIfShared(
    'S14 of concurrent calls of saveIfEmpty in several stores, exactly one fills the slot',
    async ({ store, open }) => {
      await assertOneFills([store, await open()], 4)
    },
  )

  it('S14 a commit answers what it did with each entry', async ({ store }) => {
    const [a, b, c] = threeSlots()
    const at = (name: string): Slot => ({ identity: a.identity, kind: `more.${name}` })
    const [full, own] = [await saveNew(store, a, 'full'), await saveNew(store, b, 'own')]
    for (const name of ['x', 'y', 'z']) await saveNew(store, at(name), name)
    const [filled, saved] = [newRecord(c, 'filled'), newRecord(at('z'), 'new z')]
    const outcome = await store.commit({
      expect: [full, { ...c, eventId: null }],
      save: [saved],
      saveIfEmpty: [newRecord(a), own, filled],
      delete: [at('x'), at('absent')],
      deletePrefix: [{ identity: a.identity, kindPrefix: 'more.' }],
    })
    assert.deepEqual(outcome, {
      repeated: false,
      save: ['saved'],
      saveIfEmpty: ['kept', 'unchanged', 'saved'],
      deleted: 2,
    })
    for (const record of [full, own, filled, saved]) await assertHolds(store, record)
    for (const name of ['x', 'y']) await assertEmpty(store, at(name))
  })

  it('S14 a commit that was applied before answers repeated, and changes nothing', async ({
    store,
  }) => {
    const [a, b, c] = threeSlots()
    const transaction: StateTransaction = {
      save: [newRecord(a)],
      saveIfEmpty: [newRecord(b)],
      delete: [c],
      deletePrefix: [{ identity: a.identity, kindPrefix: '' }],
    }
    await store.commit(transaction)
    await store.delete(b.identity, b.kind)
    const refilled = await saveNew(store, c, 'refilled')
    assert.deepEqual(await store.commit(transaction), { repeated: true, save: ['unchanged'] })
    const newest = await saveNew(store, a, 'newest')
    assert.deepEqual(await store.commit(transaction), { repeated: true, save: ['superseded'] })
    await assertEmpty(store, b)
    for (const record of [refilled, newest]) await assertHolds(store, record)
    const again = { ...transaction, save: [] }
    assert.deepEqual(await store.commit(again), {
      repeated: false,
      save: [],
      saveIfEmpty: ['saved'],
      deleted: 2,
    })
  })

  it('S14 deletePrefix empties the slots of its run, and spares those that the commit saves', async ({
    store,
  }) => {
    await Promise.all(prefixExamples.map((example) => assertEmpties(store, example)))
  })

  itIfShared(
    'S14 a prefix is empty after a commit that empties it, and one that expected what that replaced',
    async ({ store, open }) => {
      const other = await open()
      for (let round = 0; round < ROUNDS; round += 1) {
        const [a] = threeSlots()
        const { identity } = a
        const guard = await saveNew(store, a, 'guard')
        const under = Array.from({ length: 3 }, (_, index) => ({ identity, kind: `in.${index}` }))
        for (const slot of under.slice(1)) await saveNew(store, slot)
        await Promise.allSettled([
          store.commit({
            save: [newRecord(a, 'replaced')],
            deletePrefix: [{ identity, kindPrefix: 'in.' }],
          }),
          eventLoopTurns(round).then(() =>
            other.commit({ expect: [guard], save: under.map((slot) => newRecord(slot)) }),
          ),
        ])
        assert.equal(await store.count(identity, 'in.'), 0, `in round ${round}`)
      }
    },
  )

  it('S14 the error of a commit names its entry, and nothing is applied', async ({ store }) => {
    const [a, b, c] = threeSlots()
    const [held, other] = [await saveNew(store, a, 'held'), await saveNew(store, b, 'other')]
    const conflict = { ...other, bytes: bytesOf('conflict') }
    const prefix = { identity: a.identity, kindPrefix: '' }
    const wrong: readonly [ErrorCode, ErrorEntry, StateTransaction][] = [
      ['condition_failed', entry('expect', 1), { expect: [held, { ...b, eventId: null }] }],
      ['idempotency_conflict', entry('save', 1), { save: [newRecord(a), conflict] }],
      [
        'idempotency_conflict',
        entry('saveIfEmpty', 1),
        { saveIfEmpty: [newRecord(a), { ...held, kind: c.kind }], deletePrefix: [prefix] },
      ],
      ['invalid_record', entry('save', 1), { save: [newRecord(a), { ...newRecord(b), kind: '' }] }],
      [
        'invalid_record',
        entry('saveIfEmpty', 0),
        { saveIfEmpty: [{ ...held, bytes: malformed(7) }] },
      ],
      ['invalid_record', entry('expect', 0), { expect: [{ ...a, eventId: malformed('') }] }],
      ['invalid_record', entry('delete', 0), { save: [newRecord(a)], delete: [a] }],
      ['invalid_record', entry('saveIfEmpty', 0), { save: [held], saveIfEmpty: [newRecord(a)] }],
      [
        'invalid_record',
        entry('deletePrefix', 1),
        { deletePrefix: [prefix, { ...prefix, kindPrefix: malformed(undefined) }] },
      ],
      [
        'identity_required',
        entry('deletePrefix', 0),
        { save: [newRecord(c)], deletePrefix: [{ ...prefix, identity: malformed({}) }] },
      ],
    ]
    for (const [code, expected, transaction] of wrong) {
      const named = await entryOf(code, () => store.commit(transaction))
      assert.deepEqual(named, expected, `${code} of ${expected.list}`)
    }
    // A call without lists has no entry to name.
    const code = 'idempotency_conflict'
    assert.equal(await entryOf(code, () => store.save(conflict)), undefined)
    assert.equal(await entryOf(code, () => store.saveIfEmpty(conflict)), undefined)
    for (const record of [held, other]) await assertHolds(store, record)
    await assertEmpty(store, c)
  })
}

function entry(list: string, index: number): ErrorEntry {
  return { list, index }
}

/** Resolves to the entry that the error of a call names. */
async function entryOf(
  code: ErrorCode,
  call: () => Promise<unknown>,
): Promise<ErrorEntry | undefined> {
  try {
    await call()
  } catch (error) {
    if (isHarborageError(error, code)) return error.entry
    throw error
  }
  return assert.fail(`the call has to fail with ${code}`)
}

/** Races calls of saveIfEmpty, and checks that the slot holds the record of the one that saved. */
async function assertOneFills(stores: readonly StateStore[], callers: number): Promise<void> {
  const [a] = threeSlots()
  const records = Array.from({ length: callers }, (_, caller) => newRecord(a, `${caller}`))
  const answers = await race(callers, async (caller) => {
    const record = records[caller] ?? newRecord(a)
    return stores[caller % stores.length]?.saveIfEmpty(record)
  })
  assert.deepEqual(tally(answers), { saved: 1, kept: callers - 1 })
  const winner = records[answers.indexOf('saved')] ?? assert.fail('one has to save')
  await assertHolds(stores[0] ?? assert.fail('there is a store'), winner)
}

/** Checks a commit that keeps the first matching slot and empties the others. */
async function assertEmpties(
  store: StateStore,
  { prefix, matching, others, description }: PrefixExample,
): Promise<void> {
  const identity = freshIdentity()
  const [spared = prefix, ...emptied] = matching
  const elsewhere = [
    { ...identity, runId: '' },
    { ...identity, sessionId: 'another' },
    { ...identity, tenantId: `${identity.tenantId}-2` },
  ].map((other) => newRecord({ identity: other, kind: spared }))
  await Promise.all(elsewhere.map((record) => store.save(record)))
  const slots = [...matching, ...others].map((kind) => ({ identity, kind }))
  await store.commit({ save: slots.map((slot) => newRecord(slot)) })
  const outcome = await store.commit({
    saveIfEmpty: [newRecord({ identity, kind: spared })],
    deletePrefix: [{ identity, kindPrefix: prefix }],
  })
  const answer = { repeated: false, save: [], saveIfEmpty: ['kept'], deleted: emptied.length }
  assert.deepEqual(outcome, answer, description)
  const left = await collect(store.listKeys(identity, ''))
  const kept = new Set([...others, spared])
  assert.deepEqual(new Set(left.map(({ kind }) => kind)), kept, description)
  for (const record of elsewhere) await assertHolds(store, record)
}
