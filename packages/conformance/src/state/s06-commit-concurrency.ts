import assert from 'node:assert/strict'
import type { Slot, StateStore, StateTransaction } from '@harborage/state'
import { eventLoopTurns, nextTurn } from '../support/event-loop.ts'
import { answerOf } from '../support/answer-of.ts'
import { assertSameRecord } from './support/assert-slot.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { newRecord } from './support/new-record.ts'
import { race, tally } from '../support/race.ts'
import { saveNew } from './support/save-new.ts'
import { savesOf } from './support/saves-of.ts'
import type { StateCases } from './support/state-cases.ts'
import { textOf } from '../support/text-bytes.ts'
import { threeSlots } from './support/three-slots.ts'
import { deleteSession } from '../support/delete-session.ts'

const ROUNDS = 10

/** Registers the cases of S6: concurrent commits are serializable. */
export function commitConcurrency({ it, itIfShared, callers }: StateCases): void {
  it(`S6 of ${callers} commits with the same expectation, exactly one is applied`, async ({
    store,
  }) => {
    await assertOneCommits([store], callers)
  })

  itIfShared(
    `S6 of ${callers} commits in several stores, exactly one is applied`,
    async ({ store, open }) => {
      await assertOneCommits([store, await open(), await open(), await open()], callers)
    },
  )

  it(`S6 ${callers} commits of the same slots in opposite orders all succeed, each as a whole`, async ({
    store,
  }) => {
    const slots = slotsOf('overlap', 8)
    const outcomes = await race(callers, (caller) => {
      const records = slots.map((slot) => newRecord(slot, `caller ${caller}`))
      return savesOf(store.commit({ save: caller % 2 === 0 ? records : records.toReversed() }))
    })
    assert.deepEqual(tally(outcomes), { [slots.map(() => 'saved').join()]: callers })
    assert.equal(new Set(await textsIn(store, slots)).size, 1, 'one commit has to fill every slot')
  })

  it(`S6 ${callers} commits and saves of overlapping slots all succeed`, async ({ store }) => {
    const slots = slotsOf('mixed', 4)
    const answers = await race(callers, (caller) => {
      const turned = slots.map((_, index) => slots[(index + caller) % slots.length])
      const [first, second, third] = turned.filter((slot) => slot !== undefined)
      if (first === undefined || second === undefined || third === undefined)
        return Promise.resolve()
      if (caller % 4 === 0) return store.save(newRecord(first))
      const save = [newRecord(first), newRecord(second)]
      return savesOf(store.commit({ save, delete: [third] }))
    })
    assert.deepEqual(tally(answers), { saved: callers / 4, 'saved,saved': (callers * 3) / 4 })
  })

  it('S6 two commits that each fill the slot that the other expects empty are not both applied', async ({
    store,
  }) => {
    await assertNoWriteSkew(callers, async () => {
      const [a, b] = threeSlots()
      return [
        () => savesOf(store.commit({ expect: [{ ...a, eventId: null }], save: [newRecord(b)] })),
        () => savesOf(store.commit({ expect: [{ ...b, eventId: null }], save: [newRecord(a)] })),
      ]
    })
  })

  it('S6 two commits that each replace a record that the other expects are not both applied', async ({
    store,
  }) => {
    await assertNoWriteSkew(callers, async () => {
      const [a, b] = threeSlots()
      const [heldA, heldB] = [await saveNew(store, a), await saveNew(store, b)]
      return [
        () => savesOf(store.commit({ expect: [heldA], save: [newRecord(b)] })),
        () => savesOf(store.commit({ expect: [heldB], save: [newRecord(a)] })),
      ]
    })
  })

  it('S6 two commits that each delete a record that the other expects are not both applied', async ({
    store,
  }) => {
    await assertNoWriteSkew(callers, async () => {
      const [a, b] = threeSlots()
      const [heldA, heldB] = [await saveNew(store, a), await saveNew(store, b)]
      return [
        () => savesOf(store.commit({ expect: [heldA], delete: [b] })),
        () => savesOf(store.commit({ expect: [heldB], delete: [a] })),
      ]
    })
  })

  itIfShared(
    'S6 two commits in two stores that each fill the slot that the other expects empty are not both applied',
    async ({ store, open }) => {
      const other = await open()
      await assertNoWriteSkew(callers, async () => {
        const [a, b] = threeSlots()
        return [
          () => savesOf(store.commit({ expect: [{ ...a, eventId: null }], save: [newRecord(b)] })),
          () => savesOf(other.commit({ expect: [{ ...b, eventId: null }], save: [newRecord(a)] })),
        ]
      })
    },
  )

  it(`S6 of ${callers} concurrent retries of one commit, exactly one applies it`, async ({
    store,
  }) => {
    const [a, b, c] = threeSlots()
    const transaction: StateTransaction = {
      expect: [{ ...a, eventId: null }],
      save: [newRecord(a), newRecord(b)],
      delete: [c],
    }
    const answers = await race(callers, () => savesOf(store.commit(transaction)))
    assert.deepEqual(tally(answers), { 'saved,saved': 1, 'unchanged,unchanged': callers - 1 })
  })

  it('S6 a commit that is retried during a deleteAll answers as if before or after it', async ({
    store,
  }) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const [a, b, c] = threeSlots()
      const transaction: StateTransaction = {
        expect: [{ ...a, eventId: null }],
        save: [newRecord(b), newRecord(c)],
      }
      await store.commit(transaction)
      await saveNew(store, a)
      const [answer] = await Promise.all([
        answerOf(() => savesOf(store.commit(transaction))),
        eventLoopTurns(round).then(() => deleteSession(store, a.identity)),
      ])
      const isExplained = answer === 'unchanged,unchanged' || answer === 'saved,saved'
      assert.ok(isExplained, `no state of the slots explains the answer ${answer}`)
    }
  })

  it('S6 a reader never sees a part of a commit without the rest', async ({ store }) => {
    const [a, b] = threeSlots()
    const commits = 50
    let isDone = false
    const write = async (): Promise<void> => {
      try {
        for (let number = 1; number <= commits; number += 1) {
          await store.commit({ save: [newRecord(a, `${number}`), newRecord(b, `${number}`)] })
        }
      } finally {
        isDone = true
      }
    }
    const read = async (first: Slot, second: Slot): Promise<void> => {
      while (!isDone) {
        const [earlier = '0'] = await textsIn(store, [first])
        const [later = '0'] = await textsIn(store, [second])
        assert.ok(Number(later) >= Number(earlier), `${earlier} was read, then the older ${later}`)
        // A driver that never leaves the microtask queue would not let the writer continue.
        await nextTurn()
      }
    }
    await Promise.all([write(), read(a, b), read(b, a)])
  })
}

async function assertOneCommits(stores: readonly StateStore[], callers: number): Promise<void> {
  const [a, b] = threeSlots()
  const records = Array.from({ length: callers }, (_, caller) => newRecord(b, `${caller}`))
  const [first] = stores
  assert.ok(first !== undefined)
  const guard = await saveNew(first, a, 'guard')
  const answers = await race(callers, (caller) => {
    const store = stores[caller % stores.length] ?? first
    const record = records[caller] ?? newRecord(b)
    return savesOf(store.commit({ expect: [guard], save: [newRecord(a, `${caller}`), record] }))
  })
  assert.deepEqual(tally(answers), { 'saved,saved': 1, condition_failed: callers - 1 })
  const winner = String(answers.indexOf('saved,saved'))
  assert.deepEqual(await textsIn(first, [a, b]), [winner, winner])
  assertSameRecord(await first.load(b.identity, b.kind), records[Number(winner)] ?? guard)
}

/** Races many pairs of commits, and checks that exactly one commit of each pair is applied. */
async function assertNoWriteSkew(
  callers: number,
  preparePair: () => Promise<readonly [() => Promise<unknown>, () => Promise<unknown>]>,
): Promise<void> {
  const pairs = await Promise.all(Array.from({ length: callers / 2 }, preparePair))
  const answers = await race(callers, async (caller) => {
    const pair = pairs[Math.floor(caller / 2)]
    return caller % 2 === 0 ? pair?.[0]() : pair?.[1]()
  })
  for (let index = 0; index < callers; index += 2) {
    const pair = answers.slice(index, index + 2)
    const failed = pair.filter((answer) => answer === 'condition_failed')
    assert.equal(
      failed.length,
      1,
      `one of two commits has to fail, but they answered ${pair.join(' and ')}`,
    )
  }
}

function slotsOf(name: string, count: number): Slot[] {
  const identity = freshIdentity()
  return Array.from({ length: count }, (_, index) => ({ identity, kind: `${name}.${index}` }))
}

/** Resolves to the texts of the slots, read one after the other, without the empty ones. */
async function textsIn(store: StateStore, slots: readonly Slot[]): Promise<string[]> {
  const texts: string[] = []
  for (const { identity, kind } of slots) {
    const held = await store.load(identity, kind)
    if (held !== undefined) texts.push(textOf(held.bytes))
  }
  return texts
}
