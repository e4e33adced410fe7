import assert from 'node:assert/strict'
import { commitTogether, newEventId } from '@harborage/core'
import { newRecord } from '../state/support/new-record.ts'
import { assertEmpty } from '../state/support/assert-slot.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import type { StepsHarness } from './steps-harness.ts'
import { assertPartFails } from './support/failing-part.ts'
import type { StepCases } from './support/step-cases.ts'
import { assertStored, fourWrites, NOTHING, prepareFour } from './support/step-parts.ts'

const MIB = 1024 * 1024

/** Registers the cases of X4: a step is of one database and one tenant. */
export function oneDatabase({ openElsewhere }: StepsHarness) {
  return ({ it, itIfShared }: StepCases): void => {
    it('X4 a step of two tenants is refused', async ({ store }) => {
      const writes = fourWrites()
      const other = newRecord({ identity: freshIdentity(), kind: 'step.other' })
      const parts = { ...prepareFour(store, writes), other: store.state.prepare.save(other) }
      await assertPartFails('invalid_record', 'other', () => commitTogether({ parts }))
      await assertStored(store, writes, NOTHING)
      await assertEmpty(store.state, other)
    })

    it('X4 two parts about the same slot or event id are refused', async ({ store }) => {
      const { state } = store
      const writes = fourWrites()
      const { identity, first } = writes
      const elsewhere = { identity, kind: 'step.elsewhere' }
      const clashing = [
        state.prepare.save(newRecord(first)),
        state.prepare.saveIfEmpty(newRecord(first)),
        state.prepare.delete(identity, first.kind),
        state.prepare.commit({ save: [newRecord(elsewhere), newRecord(first)] }),
        state.prepare.save({ ...newRecord(elsewhere), eventId: first.eventId }),
      ]
      for (const clash of clashing) {
        const parts = { ...prepareFour(store, writes), clash }
        await assertPartFails('invalid_record', 'clash', () =>
          commitTogether({ stepId: newEventId(), parts }),
        )
      }
      const expectation = { ...elsewhere, eventId: null }
      const twice = {
        one: state.prepare.expect(expectation),
        two: state.prepare.save(newRecord(elsewhere), { ifEventId: null }),
      }
      await assertPartFails('invalid_record', 'two', () => commitTogether({ parts: twice }))
      const [wide, narrow] = ['in.', 'in.deep.'].map((kindPrefix) =>
        state.prepare.commit({ deletePrefix: [{ identity, kindPrefix }] }),
      )
      assert.ok(wide !== undefined && narrow !== undefined)
      await assertPartFails('invalid_record', 'narrow', () =>
        commitTogether({ stepId: newEventId(), parts: { wide, narrow } }),
      )
      await assertStored(store, writes, NOTHING)
      await assertEmpty(state, elsewhere)
    })

    it('X4 an expectation may be about a slot that another part saves', async ({ store }) => {
      const { state } = store
      const { first } = fourWrites()
      const slot = { identity: first.identity, kind: first.kind }
      await commitTogether({
        parts: {
          empty: state.prepare.expect({ ...slot, eventId: null }),
          saved: state.prepare.save(first),
        },
      })
      const next = newRecord(slot)
      const parts = () => ({
        saved: state.prepare.save(next),
        held: state.prepare.expect({ ...slot, eventId: first.eventId }),
      })
      assert.equal((await commitTogether({ parts: parts() })).saved, 'saved')
      // A repeat after a lost answer: the expectation counts as met.
      assert.equal((await commitTogether({ parts: parts() })).saved, 'unchanged')
    })

    it('X4 a prefix spares what other parts of the step save', async ({ store: { state } }) => {
      const identity = freshIdentity()
      const at = (kind: string) => ({ identity, kind })
      const [old, kept, gone] = ['in.old', 'in.kept', 'in.gone'].map((kind) => newRecord(at(kind)))
      assert.ok(old !== undefined && kept !== undefined && gone !== undefined)
      await state.commit({ save: [old, kept, gone] })
      const { emptied, removed } = await commitTogether({
        stepId: newEventId(),
        parts: {
          emptied: state.prepare.commit({ deletePrefix: [{ identity, kindPrefix: 'in.' }] }),
          saved: state.prepare.save(newRecord(kept)),
          filled: state.prepare.saveIfEmpty(newRecord(at('in.filled'))),
          removed: state.prepare.delete(identity, 'in.gone'),
        },
      })
      assert.deepEqual([!emptied.repeated && emptied.deleted, removed], [1, true])
      assert.equal(await state.count(identity, 'in.'), 2)
    })

    it('X4 turns of one conversation are added in the order of their parts', async ({ store }) => {
      const { memory } = store
      const { identity } = fourWrites()
      const other = { ...identity, runId: 'other' }
      const turn = (text: string, to = identity) =>
        memory.prepare.addTurn(to, { userMessage: text, assistantResponse: '' })
      await memory.addTurn(identity, { userMessage: 'before', assistantResponse: '' })
      await commitTogether({
        parts: { z: turn('one'), y: turn('elsewhere', other), x: turn('two'), a: turn('three') },
      })
      const { recentTurns } = await memory.getLlmContext(identity)
      const texts = recentTurns.map(({ userMessage }) => userMessage)
      assert.deepEqual(texts, ['before', 'one', 'two', 'three'])
    })

    it('X4 equal content that a step puts twice is stored once', async ({ store }) => {
      const { artifacts } = store
      const { tenantId, userId, sessionId } = freshIdentity()
      const scope = { tenantId, userId, sessionId }
      const { one, two, three } = await commitTogether({
        parts: {
          one: artifacts.prepare.putText(scope, 'the same'),
          two: artifacts.prepare.putText(scope, 'the same'),
          three: artifacts.prepare.putText(scope, 'another'),
        },
      })
      assert.deepEqual(two, one)
      assert.notEqual(three.id, one.id)
      const again = await commitTogether({
        parts: {
          three: artifacts.prepare.putText(scope, 'another'),
          four: artifacts.prepare.putText(scope, 'new'),
        },
      })
      assert.deepEqual(again.three, three)
    })

    it('X4 a step of more than 16 MiB is refused', async ({ store }) => {
      const { state } = store
      const writes = fourWrites()
      const { identity, first } = writes
      const large = { ...first, bytes: new Uint8Array(8 * MIB) }
      const rest = newRecord({ identity, kind: 'step.rest' })
      const parts = (bytes: number) => ({
        large: state.prepare.save(large),
        rest: state.prepare.save({ ...rest, bytes: new Uint8Array(bytes) }),
      })
      await assertPartFails('step_too_large', 'rest', () =>
        commitTogether({ parts: parts(8 * MIB + 1) }),
      )
      await assertEmpty(state, first)
      assert.deepEqual(await commitTogether({ parts: parts(8 * MIB) }), {
        large: 'saved',
        rest: 'saved',
      })
    })

    if (openElsewhere === undefined) return
    it('X4 parts of two databases are refused', async ({ store }) => {
      const writes = fourWrites()
      const elsewhere = await openElsewhere()
      try {
        const other = newRecord({ identity: writes.identity, kind: 'step.other' })
        const parts = { ...prepareFour(store, writes), other: elsewhere.prepare.save(other) }
        await assertPartFails('database_mismatch', 'other', () => commitTogether({ parts }))
        await assertStored(store, writes, NOTHING)
        await assertEmpty(elsewhere, other)
      } finally {
        await elsewhere.close()
      }
    })

    itIfShared(
      'X4 parts of several stores on one database are one step',
      async ({ store, open }) => {
        const other = await open()
        const { first, second } = fourWrites()
        const apply = () =>
          commitTogether({
            parts: {
              first: store.state.prepare.save(first),
              second: other.state.prepare.save(second),
            },
          })
        if (!(await isOneDatabase(apply))) return
        assert.equal((await store.state.loadMany([first, second])).includes(undefined), false)
      },
    )
  }
}

/** Stores that were opened by their own DSN each have a database object of their own. */
async function isOneDatabase(apply: () => Promise<unknown>): Promise<boolean> {
  try {
    await apply()
    return true
  } catch {
    await assertPartFails('database_mismatch', 'second', apply)
    return false
  }
}
