import { isHarborageError } from '@harborage/core'
import type { SequentialModel } from './serial-order.ts'

type Step<State, Call> = SequentialModel<State, Call>['step']

/** Returns a key of a state that is kept by names. */
export function keyOfNames(state: ReadonlyMap<string, unknown>): string {
  return JSON.stringify([...state].toSorted(([left], [right]) => (left < right ? -1 : 1)))
}

/** Returns a step that answers with the code of the error if the given one refuses the call. */
export function answeringCodes<State, Call>(step: Step<State, Call>): Step<State, Call> {
  return (state, call) => {
    try {
      return step(state, call)
    } catch (error) {
      if (isHarborageError(error)) return { answer: error.code, state }
      throw error
    }
  }
}
