import assert from 'node:assert/strict'
import { InMemoryStateDriver, StateStore } from '@harborage/state'
import { collect } from '../support/collect.ts'
import { callOf, type Call } from './call.ts'
import { outcomeOf } from './outcome.ts'
import type { Step } from './step.ts'
import { newVocabulary } from './vocabulary.ts'

/**
 * Makes every call of a history on the in-memory driver and on the store under test, and compares what each comes to,
 * and what is stored in the end.
 *
 * @param tested Gives the store under test before each step, so that a test may open it anew in between.
 */
export async function replay(
  steps: readonly Step[],
  tested: (step: number) => Promise<StateStore>,
): Promise<void> {
  await using model = new StateStore(new InMemoryStateDriver())
  const names = newVocabulary()
  const written: Call[] = []
  for (const [index, step] of steps.entries()) {
    const store = await tested(index)
    const call = await callOf(step, names, model, written)
    const expected = await outcomeOf(() => call.run(model))
    const actual = await outcomeOf(() => call.run(store))
    assert.deepEqual(actual, expected, `step ${index} (${step.do}) came to something else`)
    if (call.writes) written.unshift(call)
  }
  const everything = (store: StateStore) =>
    outcomeOf(() => collect(store.listKind({ maintenanceScoped: true }, names.kindPrefix)))
  const store = await tested(steps.length)
  assert.deepEqual(await everything(store), await everything(model), 'what is stored in the end')
}
