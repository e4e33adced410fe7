import type { Figures } from '../fault-row.ts'
import type { Stores } from './stores.ts'

/** One call with its ids, so that to run it again is to ask for the same. */
export interface Operation {
  /** Whether the driver needs a transaction of several statements for it. */
  readonly isTransaction: boolean
  /** Whether nothing is left to tell by what became of it when an answer is lost, as it is with a delete. */
  readonly mayStayUnknown?: boolean
  /** Makes the call and checks its answer; what it rejects with is the store's error or says what was wrong. */
  run(): Promise<void>
  /** Whether a reader sees that it was applied. */
  isApplied(reader: Stores): Promise<boolean>
  /** Called once the call has been acknowledged: from now on a reader has to see it. */
  acknowledge(): void
}

/** Somebody who makes one call after the other, on data that is nobody else's, and knows what has to be there. */
export interface Caller {
  readonly name: string
  /** A text that is in every statement of the caller, and in nobody else's. */
  readonly mark: string
  next(): Operation
  /** Compares what a reader sees with what was acknowledged. No call may be open. */
  check(reader: Stores): Promise<Figures>
}
