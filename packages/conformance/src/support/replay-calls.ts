import assert from 'node:assert/strict'
import { outcomeOf } from './outcome.ts'

/** A call with all its arguments, to be made on the model and on the store under test alike. */
export interface Call<Store> {
  readonly run: (store: Store) => Promise<unknown>
  readonly writes: boolean
}

/** What a history is replayed with. */
export interface Replayed<Store, Step> {
  readonly model: Store
  readonly steps: readonly Step[]
  /** Gives the store under test before each step, so that a test may open it anew in between. */
  readonly tested: (step: number) => Promise<Store>
  /** Turns a step into a call, knowing the writing calls so far, newest first. */
  readonly callOf: (step: Step, earlier: readonly Call<Store>[]) => Promise<Call<Store>>
  /** Everything that the history may have stored. */
  readonly everything: (store: Store) => Promise<unknown>
}

/** Makes every call on both stores and compares what each comes to, and what is stored in the end. */
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
    assert.deepEqual(actual, expected, `step ${index} (${step.do}) came to something else`)
    if (call.writes) written.unshift(call)
  }
  const store = await tested(steps.length)
  const expected = await outcomeOf(() => everything(model))
  assert.deepEqual(await outcomeOf(() => everything(store)), expected, 'what is stored in the end')
}
