import assert from 'node:assert/strict'
import { commitTogether, newEventId, type RunIdentity } from '@harborage/core'
import { newRecord } from '../state/support/new-record.ts'
import { saveNew } from '../state/support/save-new.ts'
import { assertFails } from '../support/assert-fails.ts'
import { eventLoopTurns } from '../support/event-loop.ts'
import { malformed } from '../support/malformed.ts'
import { textOf, bytesOf } from '../support/text-bytes.ts'
import { assertPartFails } from './support/failing-part.ts'
import type { StepCases } from './support/step-cases.ts'
import { allOf, assertStored, fourWrites, NOTHING, prepareFour } from './support/step-parts.ts'

/** Registers the cases of X6: preparing checks and captures at once, and writes nothing. */
export function preparedParts({ it }: StepCases): void {
  it('X6 preparing writes nothing, and captures what it was given', async ({ store }) => {
    const { state, artifacts } = store
    const writes = fourWrites()
    const { runId: _, ...session } = writes.identity
    const [bytes, data] = [bytesOf('content'), bytesOf('output')]
    const identity = { ...writes.identity }
    const parts = {
      slot: state.prepare.save({ ...writes.first, identity, bytes }),
      output: artifacts.prepare.putBytes(session, data),
    }
    await eventLoopTurns(2)
    await assertStored(store, writes, NOTHING)
    bytes.fill(0)
    data.fill(0)
    identity.sessionId = 'another'
    const { output } = await commitTogether({ parts })
    const record = await state.load(writes.identity, writes.first.kind)
    assert.equal(record && textOf(record.bytes), 'content')
    assert.equal(await artifacts.getText(session, output.id), 'output')
  })

  it('X6 preparing refuses malformed arguments at once', async ({ store }) => {
    const { state, artifacts, memory } = store
    const { identity, first, turn } = fourWrites()
    const { runId: _, ...session } = identity
    const incomplete = malformed<RunIdentity>({ tenantId: 'acme', userId: 'ann' })
    const wrong = [
      () => state.prepare.save({ ...first, identity: incomplete }),
      () => state.prepare.saveIfEmpty({ ...first, identity: incomplete }),
      () => state.prepare.delete(incomplete, 'kind'),
      () => state.prepare.commit({ save: [{ ...first, identity: incomplete }] }),
      () => state.prepare.expect({ identity: incomplete, kind: 'kind', eventId: null }),
      () => artifacts.prepare.putBytes(incomplete, bytesOf('output')),
      () => artifacts.prepare.putText(incomplete, 'output'),
      () => memory.prepare.addTurn(incomplete, turn),
    ]
    for (const prepare of wrong) {
      assert.throws(prepare, { code: 'identity_required' }, prepare.toString())
    }
    const malformedCalls = [
      () => state.prepare.save({ ...first, kind: '' }),
      () => state.prepare.save(first, malformed({ ifEventId: undefined })),
      () => state.prepare.save(first, malformed({ signal: new AbortController().signal })),
      () => state.prepare.saveIfEmpty({ ...first, bytes: malformed('text') }),
      () => state.prepare.delete(identity, 'kind', malformed({ ifEventId: null })),
      () => state.prepare.commit({}),
      () => state.prepare.expect({ identity, kind: 'kind', eventId: malformed(undefined) }),
      () => artifacts.prepare.putBytes(session, malformed('text')),
      () => artifacts.prepare.putText(session, 'output', malformed({ signal: undefined, x: 1 })),
      () => memory.prepare.addTurn(identity, { ...turn, userMessage: malformed(7) }),
    ]
    for (const prepare of malformedCalls) {
      assert.throws(prepare, { code: 'invalid_record' }, prepare.toString())
    }
  })

  it('X6 preparing is refused once the store is closed', async ({ store }) => {
    const writes = fourWrites()
    await store.close()
    const { runId: _, ...session } = writes.identity
    for (const prepare of [
      () => store.state.prepare.save(writes.first),
      () => store.artifacts.prepare.putText(session, 'output'),
      () => store.memory.prepare.addTurn(writes.identity, writes.turn),
    ]) {
      assert.throws(prepare, { code: 'store_closed' })
    }
  })

  it('X6 parts may be passed again until they were applied, and to one call at a time', async ({
    store,
  }) => {
    const { state } = store
    const writes = fourWrites()
    const { identity } = writes
    const parts = prepareFour(store, writes)
    const lease = { identity, kind: 'step.lease', eventId: newEventId() }
    const unmet = state.prepare.expect(lease)
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await assertFails('condition_failed', () => commitTogether({ parts: { ...parts, unmet } }))
    }
    await state.save({ ...newRecord(lease), eventId: lease.eventId })
    const applying = commitTogether({ parts: { ...parts, unmet } })
    await assertPartFails('invalid_record', 'again', () =>
      commitTogether({ parts: { again: parts.first } }),
    )
    await applying
    await assertPartFails('invalid_record', 'again', () =>
      commitTogether({ parts: { again: parts.first } }),
    )
    const own = state.prepare.save(newRecord({ identity, kind: 'step.own' }))
    await assertPartFails('invalid_record', 'two', () =>
      commitTogether({ parts: { one: own, two: own } }),
    )
    await assertStored(store, writes, allOf(writes))
  })

  it('X6 a refused identity of a turn is published, and of a step nothing else before it is applied', async ({
    store,
    bus,
  }) => {
    const { memory, state } = store
    const { identity, turn, first } = fourWrites()
    const types: string[] = []
    bus.subscribe({}, ({ type }) => void types.push(type))
    const incomplete = malformed<RunIdentity>({ ...identity, userId: '' })
    assert.throws(() => memory.prepare.addTurn(incomplete, turn), { code: 'identity_required' })
    const held = await saveNew(state, first)
    await assertFails('condition_failed', () =>
      commitTogether({
        parts: {
          turn: memory.prepare.addTurn(identity, turn),
          unmet: state.prepare.expect({ ...held, eventId: null }),
        },
      }),
    )
    await eventLoopTurns(2)
    assert.deepEqual(types, ['memory.identity_rejected'])
  })
}
