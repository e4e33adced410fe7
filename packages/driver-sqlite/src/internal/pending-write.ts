import type { OperationTrace } from '@harborage/core'
import { currentOperation } from '@harborage/core/kit'
import type { PreparedConnection } from './prepared-connection.ts'
import { translateSqliteError } from './sqlite-errors.ts'

/**
 * How much of the connection a write takes. A failed `statement` undoes itself, whatever is around
 * it; several that make a `transaction` have to be undone together. `exclusive` work begins a
 * transaction that it does not end.
 */
export type WriteScope = 'statement' | 'transaction' | 'exclusive'

/**
 * The write of one call: it waits for its turn, runs, and tells the caller only when that is
 * durable.
 */
export interface PendingWrite {
  readonly scope: WriteScope
  /** When it began to wait, in milliseconds. */
  readonly since: number
  /** The call of a store that it is a part of, if somebody listens. */
  readonly operation: OperationTrace | undefined
  /** Runs in a transaction of its own, and remembers the outcome. */
  runAlone(connection: PreparedConnection): void
  /** Runs as a part of the transaction that is open, and remembers the outcome. */
  runWithOthers(connection: PreparedConnection): void
  /** The error that it ended with, if it did. */
  failure(): unknown
  /** Tells the caller the outcome of the last run. */
  settle(): void
}

type Outcome<Result> =
  | { readonly failed: false; readonly result: Result }
  | { readonly failed: true; readonly error: unknown }

/**
 * A write whose caller waits for a result. It may run several times; only the outcome that is told
 * counts.
 */
export class PendingResult<Result> implements PendingWrite {
  readonly scope: WriteScope
  readonly since: number = performance.now()
  readonly operation: OperationTrace | undefined = currentOperation()
  readonly promise: Promise<Result>
  readonly #work: () => Result
  readonly #resolve: (result: Result) => void
  readonly #reject: (error: unknown) => void
  #outcome: Outcome<Result> | undefined

  constructor(scope: WriteScope, work: () => Result) {
    const { promise, resolve, reject } = Promise.withResolvers<Result>()
    this.scope = scope
    this.promise = promise
    this.#work = work
    this.#resolve = resolve
    this.#reject = reject
  }

  runAlone(connection: PreparedConnection): void {
    this.#run(this.scope === 'transaction' ? () => connection.transaction(this.#work) : this.#work)
  }

  runWithOthers(connection: PreparedConnection): void {
    this.#run(this.scope === 'transaction' ? () => connection.savepoint(this.#work) : this.#work)
  }

  failure(): unknown {
    return this.#outcome?.failed === true ? this.#outcome.error : undefined
  }

  settle(): void {
    if (this.#outcome === undefined) return
    if (this.#outcome.failed) this.#reject(translateSqliteError(this.#outcome.error, 'write'))
    else this.#resolve(this.#outcome.result)
  }

  #run(work: () => Result): void {
    try {
      this.#outcome = { failed: false, result: work() }
    } catch (error) {
      this.#outcome = { failed: true, error }
    }
  }
}
