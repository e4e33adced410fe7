import type { Choice } from '../choice.ts'
import type { Owning } from './owners.ts'

/** A call in the name of an owner, and what it has to answer. */
export interface FuzzedCall {
  readonly name: string
  /** Makes the call, and resolves to its answer in a form that can be compared. */
  readonly call: () => Promise<unknown>
  /** The answer that follows from what this owner stored. */
  readonly expected: unknown
}

/** Makes up calls, and knows from what each owner stored what they have to answer. */
export interface CallSource {
  readonly owners: readonly Owning[]
  /** Returns a call for an owner, who is taken to make it before any other one. */
  readonly nextCall: (owner: Owning, choice: Choice) => FuzzedCall
}
