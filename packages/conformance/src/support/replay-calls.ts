import assert from 'node:assert/strict'
import { outcomeOf } from './outcome.ts'

/** A call with all its arguments, to be made on both the model and the store under test. */
export interface Call<Store> {
  readonly run: (store: Store) => Promise<unknown>
  readonly writes: boolean
}

/** A history, with the stores on which it is replayed. */
export interface Replayed<Store, Step> {
  readonly model: Store
  readonly steps: readonly Step[]
  /** Resolves to the store under test. It is called before each step, so a test may reopen it. */
  readonly tested: (step: number) => Promise<Store>
  /** Turns a step into a call. `earlier` holds the writing calls so far, newest first. */
  readonly callOf: (step: Step, earlier: readonly Call<Store>[]) => Promise<Call<Store>>
  /** Reads everything that the history may have stored. */
  readonly everything: (store: Store) => Promise<unknown>
}

/** Makes every call on both stores, and compares the outcomes and what is stored in the end. */
export async function replayCalls<Store, Step extends { readonly do: string }>(
  replayed: Replayed<Store, Step>,
): Promise<void> {
  const { model, steps, tested, callOf, everything } = replayed
  const written: Call<Store>[] = []
  for (const [index, step] of steps.entries()) {
    const store = await tested(index)
    const call = await callOf(step, written)
    const expected = await outcomeOf(() => call.run(model))
    const actual = await outcomeOf(() => call.run(store))
    assert.deepEqual(actual, expected, `step ${index} (${step.do}) had another outcome`)
    if (call.writes) written.unshift(call)
  }
  const store = await tested(steps.length)
  const expected = await outcomeOf(() => everything(model))
  assert.deepEqual(
    await outcomeOf(() => everything(store)),
    expected,
    'other data is stored in the end',
  )
}
