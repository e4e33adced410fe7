import assert from 'node:assert/strict'
import { commitTogether, newEventId, type Part } from '@harborage/core'
import { newRecord } from '../state/support/new-record.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { assertFails } from '../support/assert-fails.ts'
import type { StepCases } from './support/step-cases.ts'
import { allOf, assertStored, fourWrites, prepareFour } from './support/step-parts.ts'

const PARTS = [1, 10, 100] as const

/** Registers the cases of X5: a step may have many parts, and one part is the call of its store. */
export function manyParts({ it }: StepCases): void {
  for (const count of PARTS) {
    it(`X5 a step of ${count} parts is applied once`, async ({ store }) => {
      const { state, artifacts, memory } = store
      const identity = freshIdentity()
      const { runId: _, ...session } = identity
      const stepId = newEventId()
      const records = Array.from({ length: count }, (_part, index) =>
        newRecord({ identity, kind: `step.${index % 7}.${index}` }),
      )
      const turnIds = records.map(() => newEventId())
      const parts = (): Record<string, Part<unknown>> =>
        Object.fromEntries(
          records.map((record, index) => {
            const turn = {
              userMessage: `${index}`,
              assistantResponse: '',
              turnId: turnIds[index] ?? newEventId(),
            }
            const part = [
              () => state.prepare.save(record),
              () => artifacts.prepare.putText(session, `output ${index}`),
              () => memory.prepare.addTurn(identity, turn),
            ][index % 3]
            return [`part ${index}`, part?.() ?? state.prepare.save(record)]
          }),
        )
      const answers = await commitTogether({ stepId, parts: parts() })
      assert.equal(Object.keys(answers).length, count)
      assert.deepEqual(await commitTogether({ stepId, parts: parts() }), answers)
      const saved = records.filter((_record, index) => index % 3 === 0)
      assert.equal((await state.loadMany(saved)).includes(undefined), false)
      const { recentTurns } = await memory.getLlmContext(identity)
      const texts = records.map((_record, index) => `${index}`)
      assert.deepEqual(
        recentTurns.map(({ userMessage }) => userMessage),
        texts.filter((_text, index) => index % 3 === 2),
      )
    })
  }

  it('X5 a step of one part is the call of its store', async ({ store }) => {
    const { state } = store
    const writes = fourWrites()
    const { first, second, output, turn } = prepareFour(store, writes)
    assert.deepEqual(await commitTogether({ parts: { first } }), { first: 'saved' })
    assert.deepEqual(await commitTogether({ parts: { second } }), { second: 'saved' })
    await commitTogether({ parts: { output } })
    await commitTogether({ parts: { turn } })
    await assertStored(store, writes, allOf(writes))
    const { identity } = writes
    const answers = [
      await commitTogether({ parts: { it: state.prepare.save(writes.first) } }),
      await commitTogether({ parts: { it: state.prepare.saveIfEmpty(newRecord(writes.first)) } }),
      await commitTogether({ parts: { it: state.prepare.delete(identity, writes.second.kind) } }),
      await commitTogether({ parts: { it: state.prepare.commit({ delete: [writes.second] }) } }),
    ]
    assert.deepEqual(
      answers.map(({ it: answer }) => answer),
      ['unchanged', 'kept', true, { repeated: false, save: [], saveIfEmpty: [], deleted: 0 }],
    )
    const unmet = state.prepare.expect({ ...writes.first, eventId: null })
    await assertFails('condition_failed', () => commitTogether({ parts: { unmet } }))
  })
}
