import assert from 'node:assert/strict'
import { newEventId } from '@harborage/core'
import type { NewStateRecord, StateStore } from '@harborage/state'
import { failureOf } from '@harborage/test-kit/failure-of'
import { ann, newRecord } from './test-store.ts'

/** Checks of calls that share statements, on a store that no other test uses. */
export interface SharedStatementCheck {
  readonly name: string
  /** @param other Another store on the same database, which shares nothing with the first. */
  readonly run: (state: StateStore, other: StateStore) => Promise<void>
}

const CALLERS = 32

/** Records of slots of their own. */
export function records(name: string, count = CALLERS): NewStateRecord[] {
  return Array.from({ length: count }, (_, index) => newRecord({ kind: `${name} ${index}` }))
}

export const sharedStatementChecks: readonly SharedStatementCheck[] = [
  {
    name: 'every caller gets the outcome of its own call',
    async run(state) {
      const calls = records('outcomes')
      const [unchanged, superseded] = [calls[3], calls[10]]
      assert(unchanged && superseded)
      await state.save(unchanged)
      await state.save(superseded)
      await state.save(newRecord({ kind: superseded.kind }))
      const outcomes = await Promise.all(calls.map((record) => state.save(record)))
      const expected = calls
        .map(() => 'saved')
        .with(3, 'unchanged')
        .with(10, 'superseded')
      assert.deepEqual(outcomes, expected)
    },
  },
  {
    name: 'a call that fails leaves those beside it alone',
    async run(state, other) {
      const taken = newRecord({ kind: 'neighbours elsewhere' })
      await state.save(taken)
      const neighbours = records('neighbours')
      const failing = newRecord({ kind: 'neighbours failing', eventId: taken.eventId })
      const saving = neighbours.map((record) => state.save(record))
      const failure = await failureOf(state.save(failing))
      assert.equal(failure.code, 'idempotency_conflict')
      assert.equal(await other.load(ann, failing.kind), undefined)
      assert.deepEqual(new Set(await Promise.all(saving)), new Set(['saved']))
      for (const { kind, eventId } of neighbours) {
        assert.equal((await other.load(ann, kind))?.eventId, eventId)
      }
    },
  },
  {
    name: 'what was acknowledged is there for everybody',
    async run(state, other) {
      const seen = await Promise.all(
        records('acknowledged').map(async (record) => {
          assert.equal(await state.save(record), 'saved')
          return (await other.load(ann, record.kind))?.eventId === record.eventId
        }),
      )
      assert.deepEqual(new Set(seen), new Set([true]))
    },
  },
  {
    name: 'saves into one slot at a time are made one after the other, in the order of the calls',
    async run(state) {
      const generations = Array.from({ length: 12 }, () => newRecord({ kind: 'one slot' }))
      const saves = [...records('around one slot'), ...generations]
      const outcomes = await Promise.all(saves.map((record) => state.save(record)))
      assert.deepEqual(new Set(outcomes), new Set(['saved']))
      assert.equal((await state.load(ann, 'one slot'))?.eventId, generations.at(-1)?.eventId)
      assert.equal(await state.save(generations[0] ?? newRecord()), 'superseded')
    },
  },
  {
    name: 'saves of any size, deletes and commits of one slot are made in the order of the calls',
    async run(state) {
      const kind = 'one after the other'
      const small = newRecord({ kind })
      const large = newRecord({ kind, bytes: new Uint8Array(65_536) })
      const last = newRecord({ kind })
      const order: string[] = []
      const noting = <Value>(name: string, call: Promise<Value>): Promise<Value> =>
        call.finally(() => order.push(name))
      const others = records('around it').map((record) => state.save(record))
      const outcomes = await Promise.all([
        noting('large', state.save({ ...large })),
        noting('small', state.save(small, { ifEventId: large.eventId })),
        noting('delete', state.delete(ann, kind, { ifEventId: small.eventId })),
        noting('empty', state.save(newRecord({ kind }), { ifEventId: null })),
        noting(
          'commit',
          state.commit({ save: [newRecord({ kind }), newRecord({ kind: 'beside it' })] }),
        ),
        noting('last', state.save(last)),
      ])
      await Promise.all(others)
      assert.deepEqual(outcomes.slice(0, 4), ['saved', 'saved', true, 'saved'])
      assert.deepEqual(outcomes.slice(5), ['saved'])
      assert.deepEqual(order, ['large', 'small', 'delete', 'empty', 'commit', 'last'])
      assert.equal((await state.load(ann, kind))?.eventId, last.eventId)
    },
  },
  {
    name: 'two tenants may use the same event id at the same time',
    async run(state) {
      const eventId = newEventId()
      const tenants = ['one', 'two', 'three'].map((tenantId) => ({ ...ann, tenantId }))
      const saves = tenants.map((identity) => newRecord({ identity, eventId, kind: 'tenants' }))
      const outcomes = await Promise.all(
        [...records('beside tenants'), ...saves].map((record) => state.save(record)),
      )
      assert.deepEqual(new Set(outcomes), new Set(['saved']))
      for (const identity of tenants) {
        assert.equal((await state.load(identity, 'tenants'))?.eventId, eventId)
      }
    },
  },
  {
    name: 'every caller finds the bytes that it saved',
    async run(state) {
      const sizes = [0, 1, 2, 1_000, 0, 5_000, 20_000, 3, 100_000, 0, 7_000, 9, 0]
      const saved = [...sizes, ...sizes].map((size, index) =>
        newRecord({
          kind: `bytes "${index}" \\ {,}`,
          version: index,
          bytes: new Uint8Array(size).fill(index + 1),
        }),
      )
      await Promise.all(saved.map((record) => state.save(record)))
      for (const { kind, bytes, version } of saved) {
        const loaded = await state.load(ann, kind)
        assert.deepEqual(loaded?.bytes, bytes)
        assert.equal(loaded?.version, version)
      }
    },
  },
]
