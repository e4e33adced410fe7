import assert from 'node:assert/strict'
import { commitTogether, newEventId } from '@harborage/core'
import { newRecord } from '../state/support/new-record.ts'
import { freshIdentity } from '../support/fresh-identity.ts'
import { textOf } from '../support/text-bytes.ts'
import type { StepCases } from './support/step-cases.ts'
import type { StepStores } from './steps-harness.ts'

const ROUNDS = 3

/** The most steps that race at once. */
const MAX_CALLERS = 24

/** Registers the cases of X1 in which steps, commits and single calls race for the same rows. */
export function racingSteps({ it, itIfShared, callers: most }: StepCases): void {
  const callers = Math.min(most, MAX_CALLERS)
  it(`X1 ${callers} concurrent steps over the same rows are applied one after the other`, async ({
    store,
  }) => {
    await assertSerial([store], callers)
  })

  itIfShared(
    'X1 concurrent steps of several stores are applied one after the other',
    async ({ store, open }) => {
      await assertSerial([store, await open()], Math.min(callers, 8))
    },
  )
}

/**
 * Runs steps that write the same two slots, in opposite orders, beside commits of the same, and one
 * artifact and one turn each. Checks that both slots hold the text of the same writer.
 */
async function assertSerial(stores: readonly StepStores[], callers: number): Promise<void> {
  const identity = freshIdentity()
  const { runId: _, ...session } = identity
  const at = (kind: string) => ({ identity, kind })
  const write = async (caller: number, round: number): Promise<void> => {
    const store = stores[caller % stores.length]
    assert.ok(store !== undefined)
    const { state, artifacts, memory } = store
    const text = `${caller}/${round}`
    const [a, b] = [newRecord(at('race.a'), text), newRecord(at('race.b'), text)]
    if (caller % 4 === 3) {
      await state.commit({ save: [b, a] })
      return
    }
    const isForward = caller % 2 === 0
    await commitTogether({
      ...(isForward ? {} : { stepId: newEventId() }),
      parts: {
        turn: memory.prepare.addTurn(identity, { userMessage: text, assistantResponse: '' }),
        one: state.prepare.save(isForward ? a : b),
        other: state.prepare.save(isForward ? b : a),
        // Some are equal to those of other steps.
        output: artifacts.prepare.putText(session, `output of ${round}`),
      },
    })
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    await Promise.all(Array.from({ length: callers }, (_, caller) => write(caller, round)))
    const [first] = stores
    assert.ok(first !== undefined)
    const [a, b] = await first.state.loadMany([at('race.a'), at('race.b')])
    assert.ok(a !== undefined && b !== undefined)
    assert.equal(textOf(a.bytes), textOf(b.bytes), 'the slots of two steps')
    const { recentTurns } = await first.memory.getLlmContext(identity)
    const steps = Array.from({ length: callers }, (_, caller) => caller).filter(
      (caller) => caller % 4 !== 3,
    )
    assert.equal(recentTurns.length, steps.length * (round + 1), 'one turn for each step')
  }
}
