import { operationChannel, type OperationTrace } from '@harborage/core'
import { currentOperation } from '@harborage/core/kit'
import type { WriteClaim } from '@harborage/core/sql'
import type { PreparedConnection } from './prepared-connection.ts'
import { translateSqliteError } from './sqlite-errors.ts'

/**
 * The scope of a write. A failed `statement` undoes itself, even within a transaction. The
 * statements of a `transaction` have to be undone as one. `exclusive` work begins a transaction
 * that it does not end.
 */
export type WriteScope = 'statement' | 'transaction' | 'exclusive'

/** A queued write with a result of any type. */
export interface PendingWrite {
  readonly scope: WriteScope
  readonly holds: HeldContent | undefined
  /** The time at which it was queued, in milliseconds. */
  readonly since: number
  /** The store operation that it belongs to, if there are trace listeners. */
  readonly operation: OperationTrace | undefined
  /** Whether its last run failed. */
  readonly hasFailed: boolean
  /** The error of its last run, if it failed. */
  readonly failure: unknown
  /** Runs by itself, in its own transaction, and records the outcome. */
  runAlone(connection: PreparedConnection): void
  /** Runs within the open transaction, and records the outcome. */
  runWithOthers(connection: PreparedConnection): void
  /** Settles the promise of the caller with the outcome of the last run. */
  settle(): void
}

/**
 * The write of one call. It may run several times. The promise settles with the outcome of the last
 * run, once that is durable.
 */
export class PendingResult<Result> implements PendingWrite {
  readonly scope: WriteScope
  readonly holds: HeldContent | undefined
  readonly since: number = performance.now()
  readonly operation: OperationTrace | undefined
  readonly promise: Promise<Result>
  hasFailed = false
  failure: unknown
  readonly #work: () => Result
  readonly #resolve: (result: Result) => void
  readonly #reject: (error: unknown) => void
  #outcome: { readonly result: Result } | undefined

  constructor(scope: WriteScope, work: () => Result, holds?: HeldContent) {
    const { promise, resolve, reject } = Promise.withResolvers<Result>()
    this.scope = scope
    this.holds = holds
    this.operation = operationChannel.hasSubscribers ? currentOperation() : undefined
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

  settle(): void {
    if (this.hasFailed) this.#reject(translateSqliteError(this.failure, 'write'))
    else if (this.#outcome !== undefined) this.#resolve(this.#outcome.result)
  }

  #run(work: () => Result): void {
    try {
      this.#outcome = { result: work() }
      this.hasFailed = false
      this.failure = undefined
    } catch (error) {
      this.hasFailed = true
      this.failure = error
    }
  }
}

/** What a write holds: the values of its statement, or what is known of its transaction. */
export type HeldContent = readonly unknown[] | Pick<WriteClaim, 'bytes'>

/** Returns the bytes of the content that a write holds. */
export function bytesOf(holds: HeldContent | undefined): number {
  if (holds === undefined) return 0
  if ('bytes' in holds) return holds.bytes
  return holds.reduce<number>(
    (sum, value) => sum + (ArrayBuffer.isView(value) ? value.byteLength : 0),
    0,
  )
}
