import assert from 'node:assert/strict'
import { commitTogether, newEventId, type Part } from '@harborage/core'
import { assertExpires, saveExpired } from '../state/support/expiring.ts'
import { newRecord } from '../state/support/new-record.ts'
import { saveNew } from '../state/support/save-new.ts'
import { take } from '../state/support/take-lease.ts'
import { FUTURE } from '../support/expiry-dates.ts'
import { bytesOf } from '../support/text-bytes.ts'
import { rejectionOf } from '../support/rejection-of.ts'
import type { StepStores } from './steps-harness.ts'
import { assertPartFails } from './support/failing-part.ts'
import type { StepCases } from './support/step-cases.ts'
import {
  allOf,
  assertStored,
  fourWrites,
  NOTHING,
  prepareFour,
  type FourWrites,
} from './support/step-parts.ts'

/** Parts that fail beside others, each with the code of its error. */
const failing: readonly {
  readonly title: string
  readonly code: 'condition_failed' | 'idempotency_conflict'
  readonly prepare: (stores: StepStores, writes: FourWrites) => Promise<Part<unknown>>
}[] = [
  {
    title: 'a condition that is not met',
    code: 'condition_failed',
    prepare: async ({ state }, { identity }) =>
      state.prepare.expect({ identity, kind: 'step.lease', eventId: newEventId() }),
  },
  {
    title: 'a condition on a record that has expired',
    code: 'condition_failed',
    prepare: async ({ state }, { identity }) => {
      const { kind, eventId } = await saveExpired(state, { identity, kind: 'step.expired' })
      return state.prepare.expect({ identity, kind, eventId })
    },
  },
  {
    title: 'a lease that was given back',
    code: 'condition_failed',
    prepare: async ({ state }, { identity }) => {
      await using lease = await take(state, identity, 'step.lease')
      return state.prepare.expect(lease.expectation)
    },
  },
  {
    title: 'a save over another generation',
    code: 'condition_failed',
    prepare: async ({ state }, { identity }) => {
      const held = await saveNew(state, { identity, kind: 'step.held' })
      return state.prepare.save(newRecord(held), { ifEventId: newEventId() })
    },
  },
  {
    title: 'a commit whose expectation is not met',
    code: 'condition_failed',
    prepare: async ({ state }, { identity }) =>
      state.prepare.commit({
        expect: [{ identity, kind: 'step.lease', eventId: newEventId() }],
        save: [newRecord({ identity, kind: 'step.third' })],
      }),
  },
  {
    title: 'an event id that another slot holds',
    code: 'idempotency_conflict',
    prepare: async ({ state }, { identity }) => {
      const { eventId } = await saveNew(state, { identity, kind: 'step.held' })
      return state.prepare.save({ ...newRecord({ identity, kind: 'step.other' }), eventId })
    },
  },
  {
    title: 'a filling of a slot with an event id of other content',
    code: 'idempotency_conflict',
    prepare: async ({ state }, { identity }) => {
      const held = await saveNew(state, { identity, kind: 'step.held' })
      return state.prepare.saveIfEmpty({ ...held, bytes: bytesOf('other') })
    },
  },
]

/** Registers the cases of X1: a step is applied as a whole or not at all. */
export function wholeOrNothing({ it, itIfDurable, itIfShared }: StepCases): void {
  it('X1 a step applies all of its parts, and answers each as its store does', async ({
    store,
  }) => {
    const writes = fourWrites()
    const answers = await commitTogether({ parts: prepareFour(store, writes) })
    const { sizeBytes } = answers.output
    assert.deepEqual(
      { ...answers, output: sizeBytes },
      { first: 'saved', second: 'saved', output: writes.output.length, turn: undefined },
    )
    await assertStored(store, writes, allOf(writes))
  })

  it('X1 a step answers every kind of part about slots', async ({ store: { state } }) => {
    const { identity } = fourWrites()
    const at = (kind: string) => ({ identity, kind })
    const [full, held, old] = [
      await saveNew(state, at('full')),
      await saveNew(state, at('held')),
      await saveNew(state, at('old')),
    ]
    const answers = await commitTogether({
      stepId: newEventId(),
      parts: {
        over: state.prepare.save(newRecord(full), { ifEventId: full.eventId }),
        same: state.prepare.save(held),
        kept: state.prepare.saveIfEmpty(newRecord(at('other.full'))),
        filled: state.prepare.saveIfEmpty(newRecord(at('empty'))),
        met: state.prepare.expect({ ...at('lease'), eventId: null }),
        removed: state.prepare.delete(identity, 'old', { ifEventId: old.eventId }),
        absent: state.prepare.delete(identity, 'absent'),
        commit: state.prepare.commit({
          save: [newRecord(at('in.commit'))],
          deletePrefix: [{ identity, kindPrefix: 'in.' }],
        }),
      },
    })
    assert.deepEqual(answers, {
      over: 'saved',
      same: 'unchanged',
      kept: 'saved',
      filled: 'saved',
      met: undefined,
      removed: true,
      absent: false,
      commit: { repeated: false, save: ['saved'], saveIfEmpty: [], deleted: 0 },
    })
    assert.equal(await state.load(identity, 'old'), undefined)
  })

  it('X1 a step takes the slot of an expired record for empty', async ({ store: { state } }) => {
    const { identity } = fourWrites()
    const expired = await Promise.all(
      ['a', 'b', 'c', 'd'].map((kind) => saveExpired(state, { identity, kind })),
    )
    const [over, filled, , last] = expired.map((each) => ({
      ...newRecord(each),
      expiresAt: FUTURE,
    }))
    assert.ok(over !== undefined && filled !== undefined && last !== undefined)
    const answers = await commitTogether({
      parts: {
        over: state.prepare.save(over, { ifEventId: null }),
        filled: state.prepare.saveIfEmpty(filled),
        met: state.prepare.expect({ identity, kind: 'c', eventId: null }),
        last: state.prepare.save(last),
      },
    })
    assert.deepEqual(answers, { over: 'saved', filled: 'saved', met: undefined, last: 'saved' })
    for (const record of [over, filled, last]) await assertExpires(state, record, FUTURE)
    for (const record of expired) assert.match(await state.save(record), /superseded|unchanged/)
  })

  for (const { title, code, prepare } of failing) {
    it(`X1 a step with ${title} applies nothing`, async ({ store }) => {
      const writes = fourWrites()
      const parts = prepareFour(store, writes)
      const wrong = await prepare(store, writes)
      await assertPartFails(code, 'wrong', () => commitTogether({ parts: { ...parts, wrong } }))
      await assertPartFails(code, 'wrong', () =>
        commitTogether({ stepId: newEventId(), parts: { wrong, ...parts } }),
      )
      await assertStored(store, writes, NOTHING)
      // The same parts, without the one that fails.
      await commitTogether({ parts })
      await assertStored(store, writes, allOf(writes))
    })
  }

  it('X1 a step with an aborted signal applies nothing', async ({ store }) => {
    const writes = fourWrites()
    const reason = new Error('the user left')
    const signal = AbortSignal.abort(reason)
    const parts = prepareFour(store, writes)
    assert.equal(await rejectionOf(() => commitTogether({ parts }, { signal })), reason)
    await assertStored(store, writes, NOTHING)
  })

  itIfShared('X1 another store sees all parts of a step, or none', async ({ store, open }) => {
    const writes = fourWrites()
    const other = await open()
    const applying = commitTogether({ stepId: newEventId(), parts: prepareFour(store, writes) })
    for (let look = 0; look < 20; look += 1) {
      const { identity, first, second } = writes
      const [one, two] = await other.state.loadMany([first, second])
      assert.equal(one === undefined, two === undefined, 'one slot without the other')
      if (two === undefined) continue
      const { recentTurns } = await other.memory.getLlmContext(identity)
      assert.equal(recentTurns.length, 1, 'the slots without the turn')
    }
    await applying
    await assertStored(other, writes, allOf(writes))
  })

  itIfDurable('X1 a step is there after the stores were opened again', async ({ store, open }) => {
    const writes = fourWrites()
    await commitTogether({ stepId: newEventId(), parts: prepareFour(store, writes) })
    await store.close()
    await assertStored(await open(), writes, allOf(writes))
  })

  it('X1 closing a store waits for a step in flight, and later steps are refused', async ({
    store,
  }) => {
    const writes = fourWrites()
    const parts = prepareFour(store, writes)
    const later = store.state.prepare.save(newRecord({ ...writes, kind: 'step.later' }))
    const applying = commitTogether({ parts })
    const closing = store.state.close()
    await applying
    await closing
    const turn = store.memory.prepare.addTurn(writes.identity, writes.turn)
    await assertPartFails('store_closed', 'later', () => commitTogether({ parts: { turn, later } }))
  })
}
