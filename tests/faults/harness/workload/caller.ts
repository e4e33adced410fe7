import type { Figures } from '../fault-row.ts'
import type { Stores } from './stores.ts'

/** A call with its ids, so that running it again is a retry. */
export interface Operation {
  /** Whether the driver needs a transaction of several statements for it. */
  readonly isTransaction: boolean
  /**
   * Whether nothing is left to tell by what became of it when an answer is lost, as it is with a
   * delete.
   */
  readonly mayStayUnknown?: boolean
  /**
   * Makes the call and checks its answer; what it rejects with is the store's error or says what
   * was wrong.
   */
  run(): Promise<void>
  /** Resolves to whether a reader sees that it was applied. */
  isApplied(reader: Stores): Promise<boolean>
  /** Notes that the call was acknowledged: from now on a reader has to see it. */
  acknowledge(): void
}

/** A caller that makes consecutive calls on its own data, and knows what has to be stored. */
export interface Caller {
  readonly name: string
  /** A text that is in every statement of this caller, and in those of no other caller. */
  readonly mark: string
  next(): Operation
  /** Compares what a reader sees with what was acknowledged. No call may be running. */
  check(reader: Stores): Promise<Figures>
}
