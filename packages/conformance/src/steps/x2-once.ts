import assert from 'node:assert/strict'
import { commitTogether, newEventId, parseEventId } from '@harborage/core'
import { saveNew } from '../state/support/save-new.ts'
import { assertFails } from '../support/assert-fails.ts'
import { eventLoopTurns } from '../support/event-loop.ts'
import { FUTURE, PAST } from '../support/expiry-dates.ts'
import { sessionOf } from '../support/session-of.ts'
import type { StepCases } from './support/step-cases.ts'
import { allOf, assertStored, fourWrites, prepareFour } from './support/step-parts.ts'

/** Registers the cases of X2 in which a step is repeated. */
export function once({ it, itIfDurable, itIfShared, callers }: StepCases): void {
  it('X2 a repeat of a step returns the first answers, and applies nothing', async ({ store }) => {
    const { state } = store
    const writes = fourWrites()
    const stepId = newEventId()
    const { identity } = writes
    await saveNew(state, { identity, kind: 'step.gone' })
    const prepare = () => ({
      ...prepareFour(store, writes),
      gone: state.prepare.delete(identity, 'step.gone'),
      lease: state.prepare.expect({ identity, kind: 'step.lease', eventId: null }),
    })
    const answers = await commitTogether({ stepId, parts: prepare() })
    assert.equal(answers.gone, true)
    // What the step found and wrote is changed by others.
    const newest = await saveNew(state, writes.first)
    const again = await saveNew(state, { identity, kind: 'step.gone' })
    await saveNew(state, { identity, kind: 'step.lease' })
    await state.delete(identity, writes.second.kind)
    await eventLoopTurns(2)
    assert.deepEqual(await commitTogether({ stepId, parts: prepare() }), answers)
    const slots = await state.loadMany([writes.first, again, writes.second])
    assert.deepEqual(
      slots.map((record) => record?.eventId),
      [newest.eventId, again.eventId, undefined],
    )
    const { recentTurns } = await store.memory.getLlmContext(identity)
    assert.equal(recentTurns.length, 1)
  })

  it('X2 a repeated put that expires is answered with its dates, and another expiry is a conflict', async ({
    store: { artifacts },
  }) => {
    const { identity } = fourWrites()
    const scope = sessionOf(identity)
    const stepId = newEventId()
    const prepare = (expiresAt?: Date) => ({
      page: artifacts.prepare.putText(scope, 'a page', { expiresAt }),
      plain: artifacts.prepare.putText(scope, 'another page'),
    })
    const answers = await commitTogether({ stepId, parts: prepare(FUTURE) })
    assert.deepEqual(answers.page.expiresAt, FUTURE)
    assert.deepEqual(await artifacts.getRef(scope, answers.page.id), answers.page)
    await artifacts.putText(scope, 'a page')
    assert.deepEqual(await commitTogether({ stepId, parts: prepare(FUTURE) }), answers)
    for (const expiresAt of [PAST, undefined]) {
      await assertFails('idempotency_conflict', () =>
        commitTogether({ stepId, parts: prepare(expiresAt) }),
      )
    }
    assert.equal((await artifacts.getRef(scope, answers.page.id))?.expiresAt, undefined)
  })

  it('X2 a repeat with other content is a conflict, and applies nothing', async ({ store }) => {
    const writes = fourWrites()
    const stepId = newEventId()
    await commitTogether({ stepId, parts: prepareFour(store, writes) })
    const { first, ...others } = prepareFour(store, writes)
    const changed = fourWrites('changed', writes.identity)
    const conflicting = [
      { parts: prepareFour(store, { ...writes, first: changed.first }) },
      { parts: prepareFour(store, { ...writes, output: changed.output }) },
      { parts: prepareFour(store, { ...writes, turn: changed.turn }) },
      { parts: { ...others, renamed: first } },
      { parts: others },
    ]
    for (const { parts } of conflicting) {
      await assertFails('idempotency_conflict', () => commitTogether({ stepId, parts }))
    }
    await assertStored(store, writes, allOf(writes))
  })

  it(`X2 of ${callers} concurrent calls with one step id, one is applied, and all answer the same`, async ({
    store,
  }) => {
    const writes = fourWrites()
    const stepId = newEventId()
    const calls = Array.from({ length: callers }, () =>
      commitTogether({ stepId, parts: prepareFour(store, writes) }),
    )
    const [first, ...others] = await Promise.all(calls)
    for (const answers of others) assert.deepEqual(answers, first)
    assert.equal(first?.first, 'saved')
    await assertStored(store, writes, allOf(writes))
  })

  itIfShared(
    'X2 concurrent repeats in several stores answer the same, conditions included',
    async ({ store, open }) => {
      const other = await open()
      for (let round = 0; round < 5; round += 1) {
        const writes = fourWrites(`round ${round}`)
        const stepId = newEventId()
        const empty = { identity: writes.identity, kind: writes.first.kind, eventId: null }
        const calls = [store, other, store, other].map((stores) =>
          commitTogether({
            stepId,
            parts: { ...prepareFour(stores, writes), empty: stores.state.prepare.expect(empty) },
          }),
        )
        const [first, ...others] = await Promise.all(calls)
        for (const answers of others) assert.deepEqual(answers, first)
        await assertStored(store, writes, allOf(writes))
      }
    },
  )

  itIfDurable(
    'X2 a step is recognized after the stores were opened again',
    async ({ store, open }) => {
      const writes = fourWrites()
      const stepId = newEventId()
      const answers = await commitTogether({ stepId, parts: prepareFour(store, writes) })
      await store.close()
      const opened = await open()
      await opened.state.delete(writes.identity, writes.first.kind)
      assert.deepEqual(
        await commitTogether({ stepId, parts: prepareFour(opened, writes) }),
        answers,
      )
      assert.equal(await opened.state.load(writes.identity, writes.first.kind), undefined)
    },
  )

  it('X2 a turn without an id is the same when the step is prepared again', async ({ store }) => {
    const writes = fourWrites()
    const stepId = newEventId()
    const { identity } = writes
    const parts = () => ({
      saved: store.state.prepare.save(writes.first),
      turn: store.memory.prepare.addTurn(identity, { userMessage: 'hi', assistantResponse: 'ho' }),
    })
    await commitTogether({ stepId, parts: parts() })
    await commitTogether({ stepId, parts: parts() })
    const { recentTurns } = await store.memory.getLlmContext(identity)
    assert.equal(recentTurns.length, 1)
  })

  it('X2 a step without an id is recognized by the ids of its parts', async ({ store }) => {
    const writes = fourWrites()
    const first = await commitTogether({ parts: prepareFour(store, writes) })
    const second = await commitTogether({ parts: prepareFour(store, writes) })
    assert.deepEqual(second, { ...first, first: 'unchanged', second: 'unchanged' })
    await assertStored(store, writes, allOf(writes))
  })

  it('X2 a step without an id is refused if a part was superseded and another would be written', async ({
    store,
  }) => {
    const { state, memory } = store
    const writes = fourWrites()
    const { identity, first } = writes
    await state.save(first)
    const newest = await saveNew(state, first)
    const stale = () => ({
      slot: state.prepare.save(first),
      turn: memory.prepare.addTurn(identity, writes.turn),
    })
    await assertFails('condition_failed', () => commitTogether({ parts: stale() }))
    const { recentTurns } = await memory.getLlmContext(identity)
    assert.equal(recentTurns.length, 0)
    assert.equal((await state.load(identity, first.kind))?.eventId, newest.eventId)
    // With an id, its parts are what the caller wants now.
    const { slot } = await commitTogether({ stepId: newEventId(), parts: stale() })
    assert.equal(slot, 'superseded')
    // If every part was applied before, it is a late retry that changes nothing.
    assert.equal((await commitTogether({ parts: stale() })).slot, 'superseded')
  })

  it('X2 an id that was given is kept as text', async ({ store: { state } }) => {
    const { first, second } = fourWrites()
    const eventId = parseEventId('ünïcode/1')
    const stepId = '/шаг 1/"quoted"'
    const parts = () => ({
      'ä "1"': state.prepare.save({ ...first, eventId }),
      second: state.prepare.save(second),
    })
    const answers = await commitTogether({ stepId, parts: parts() })
    assert.deepEqual(answers, { 'ä "1"': 'saved', second: 'saved' })
    assert.deepEqual(await commitTogether({ stepId, parts: parts() }), answers)
  })
}
