import { inspect, isDeepStrictEqual } from 'node:util'

import { isHarborageError } from '@harborage/core'
import { Choice } from '@harborage/test-kit/choice'

/** A call of a store, and what it has to answer. */
export interface FuzzedCall {
  readonly name: string
  /** Makes the call, and resolves to its answer in a form that can be compared. */
  readonly call: () => Promise<unknown>
  /** The answer that follows from all that was stored; an error is its code. */
  readonly expected: unknown
}

/**
 * A store that is fuzzed: it makes up calls of owners with similar names, and knows from what was
 * stored what each has to answer.
 */
export interface FuzzedStore extends AsyncDisposable {
  readonly nextCall: (choice: Choice) => FuzzedCall
}

/**
 * Makes calls until one gets another answer than it has to. Resolves to a description of that call,
 * or to `undefined`.
 */
export async function firstWrongAnswer(
  store: FuzzedStore,
  { calls, seed }: { readonly calls: number; readonly seed: number },
): Promise<string | undefined> {
  const choice = new Choice(seed)
  for (let made = 1; made <= calls; made += 1) {
    const { name, call, expected } = store.nextCall(choice)
    const answer = await answerTo(call)
    if (isDeepStrictEqual(answer, expected)) continue
    return `${name}, call ${made} of seed ${seed}: ${inspect(answer)} instead of ${inspect(expected)}`
  }
  return undefined
}

async function answerTo(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return await call()
  } catch (error) {
    if (!isHarborageError(error)) throw error
    // Of a failed statement, also why: one that does not run shows nothing about its conditions.
    return error.code === 'store_unavailable' ? `${error.code}: ${inspect(error)}` : error.code
  }
}
