import type { RunIdentity } from '../../identity.ts'
import type { Part } from '../../part.ts'
import type { CallGate } from '../call-gate.ts'
import type { StepSide } from './step-side.ts'

// The registered symbol is the same in every installed copy of this package.
const brand = Symbol.for('harborage.part')

/** What a store says of a part that it prepares. Everything is checked and captured. */
export interface PartRules<Payload, Result, Answer> {
  /** The side of the store's driver; `undefined` if the driver takes no part in steps. */
  readonly side: StepSide<Payload, Result> | undefined
  /** The name of what it does, such as `state.save`. */
  readonly operation: string
  /** The owners of what it writes, all of one tenant; none for rows of the application. */
  readonly owners: readonly Required<RunIdentity>[]
  /** The number of bytes that it writes. */
  readonly bytes: number
  /** Returns what it is to do, without what differs when it is prepared again, such as the time. */
  readonly contentOf: () => readonly (string | Uint8Array)[]
  /** Names of what no two parts of a step may change, such as slots. Default: none. */
  readonly exclusive?: readonly string[]
  /** Whether it cannot be recognized after a lost answer without the id of a step. */
  readonly needsStepId: boolean
  /** Resolves to what the side applies. Called once for each call that it is passed to. */
  readonly payload: () => Payload | Promise<Payload>
  /** Does the same as a call of its own, and resolves to the result. */
  readonly alone: (payload: Payload) => Promise<Result>
  /** Returns the answer to the caller. */
  readonly answerOf: (result: Result) => Answer
  /** Returns the answer from its JSON, in which it was stored. */
  readonly readAnswer: (json: unknown) => Answer
  /** Called after the commit, to publish events and to begin what follows. Default: nothing. */
  readonly committed?: (result: Result) => void
  /** The gate of the store. */
  readonly gate: Pick<CallGate, 'enter' | 'leave'>
}

/** A part as steps use it: the types of its payload and result are those of its own side. */
export interface PartContents extends PartRules<unknown, unknown, unknown> {
  /** Whether it is in use by a call, or was applied. */
  use: 'free' | 'in use' | 'applied'
}

/** Makes a part of a store. */
export function makePart<Payload, Result, Answer>(
  rules: PartRules<Payload, Result, Answer>,
): Part<Answer> {
  // Its payload goes only to its own side and `alone`, and only their results come back.
  const contents = { ...rules, use: 'free' } as PartContents
  const part = Object.defineProperty({}, brand, { value: contents })
  return Object.freeze(part) as Part<Answer>
}

/** Returns the contents of a part, of any installed copy, or `undefined` for anything else. */
export function contentsOf(part: unknown): PartContents | undefined {
  try {
    if (typeof part !== 'object' || part === null || !Object.hasOwn(part, brand)) return undefined
    return Reflect.get(part, brand) as PartContents
  } catch {
    return undefined
  }
}
