import type { RunIdentity } from '../../identity.ts'
import type { Subtree } from '../../subtree.ts'

/** The place of the data of a step: one database, or the memory of the process. */
export interface StepPlace {
  /** The database. All parts of a step have the same. */
  readonly database: unknown
  /**
   * Applies a step as a whole or not at all. A step with an id that was applied before is not
   * applied again.
   *
   * @throws `idempotency_conflict` if the id is that of a step with another digest; the errors of
   * the parts, each with the name of its part.
   */
  commit(step: CheckedStep): Promise<CommittedStep>
}

/** A checked step. */
export interface CheckedStep {
  readonly tenantId: string
  /** The id and the digest of what the step is to do, if it has an id. */
  readonly id: StepId | undefined
  /** The distinct owners of what the parts write, in the order of the parts. */
  readonly owners: readonly Required<RunIdentity>[]
  /** At least one. */
  readonly parts: readonly SteppedPart[]
  /** Returns the answers of the parts as text, to be stored with the id. */
  readonly write: (results: readonly unknown[]) => string
}

/** The name of a step, by which it is applied once. */
export interface StepId {
  readonly stepId: string
  /** The SHA-256 of what the step is to do, in hex. */
  readonly digest: string
}

/** A part of a checked step. */
export interface SteppedPart extends NamedPart<unknown> {
  /** The store's side that applies it. */
  readonly participant: object
}

/** What a part writes, for the store that applies it. */
export interface NamedPart<Payload> {
  /** The name of the part, for errors. */
  readonly name: string
  readonly payload: Payload
}

/** The outcome of a step: the results of its parts, or the stored answers if it was a repeat. */
export type CommittedStep =
  | { readonly results: readonly unknown[]; readonly stored?: undefined }
  | { readonly results?: undefined; readonly stored: string }

/** What a part does in a step. */
export interface PartResult<Result> {
  /** What the store makes the answer of. */
  readonly result: Result
  /**
   * `'writes'`: it changes something. `'superseded'`: it changes nothing, because it is a late
   * retry whose effect others have replaced. `'nothing'`: it has nothing to change.
   */
  readonly effect: 'writes' | 'superseded' | 'nothing'
}

/**
 * The side of a store's driver that takes part in steps. `inMemorySide` and the `stepSide` of a
 * database make one.
 */
export interface StepSide<Payload, Result> {
  readonly place: StepPlace
  /** What the place calls to apply parts. */
  readonly participant: object
  /** Removes what is stored of the ids of steps that wrote something within the subtree. */
  forget(subtree: Subtree): Promise<void>
  /** Never set: it only carries the types of what goes in and out. */
  readonly types?: (payload: Payload) => Result
}
