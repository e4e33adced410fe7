import type { SqlAnswer, SqlStatement, SqlWork, TransactionTraits } from '@harborage/core/sql'

import { DelegatingDatabase } from '@harborage/test-kit/delegating-database'

/** What the transactions since the last look did, and how many statements read alone. */
export interface Work {
  reads: number
  transactions: number
  statements: number
  rowsRead: number
  rowsWritten: number
  bytesWritten: number
}

/** Counts what it is asked to do, so that costs can be compared without a clock. */
export class CountingDatabase extends DelegatingDatabase {
  #work = nothing()

  /** Returns what was done since the last call. */
  take(): Work {
    const work = this.#work
    this.#work = nothing()
    return work
  }

  override rows<Parameters, Row>(
    statement: SqlStatement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<readonly Row[]> {
    this.#work.reads += 1
    return this.real.rows(statement, parameters)
  }

  override transaction<Result>(
    traits: TransactionTraits,
    work: (mayBeApplied: boolean) => SqlWork<Result>,
  ): Promise<Result> {
    this.#work.transactions += 1
    return this.real.transaction(traits, (mayBeApplied) => this.#counted(work(mayBeApplied)))
  }

  *#counted<Result>(running: SqlWork<Result>): SqlWork<Result> {
    let step = running.next([])
    while (step.done !== true) {
      const answers = yield step.value
      for (const [index, { values }] of step.value.entries()) this.#count(values, answers[index])
      step = running.next(answers)
    }
    return step.value
  }

  #count(values: readonly unknown[], answer: SqlAnswer = []): void {
    this.#work.statements += 1
    if (typeof answer === 'number') {
      this.#work.rowsWritten += answer
      this.#work.bytesWritten += sizeOf(values)
    } else this.#work.rowsRead += answer.length
  }
}

function nothing(): Work {
  return { reads: 0, transactions: 0, statements: 0, rowsRead: 0, rowsWritten: 0, bytesWritten: 0 }
}

function sizeOf(values: readonly unknown[]): number {
  return values.reduce<number>(
    (sum, value) => sum + (value instanceof Uint8Array ? value.length : String(value).length),
    0,
  )
}
