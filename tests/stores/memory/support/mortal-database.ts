import type { SqlAnswer, SqlDatabase, SqlWork, TransactionTraits } from '@harborage/core/sql'

import { DelegatingDatabase } from '@harborage/test-kit/delegating-database'
import type { FaultPoints } from './fault-points.ts'

/** A database whose process may be killed before and after every transaction and statement. */
export class MortalDatabase extends DelegatingDatabase {
  readonly #points: FaultPoints

  constructor(real: SqlDatabase, points: FaultPoints) {
    super(real)
    this.#points = points
  }

  override async transaction<Result>(
    traits: TransactionTraits,
    work: (mayBeApplied: boolean) => SqlWork<Result>,
  ): Promise<Result> {
    this.#points.pass()
    const result = await this.real.transaction(traits, (mayBeApplied) =>
      this.#mortal(work(mayBeApplied)),
    )
    this.#points.pass()
    return result
  }

  *#mortal<Result>(work: SqlWork<Result>): SqlWork<Result> {
    let step = work.next([])
    while (step.done !== true) {
      const answers: SqlAnswer[] = []
      for (const each of step.value) {
        this.#points.pass()
        answers.push(...(yield [each]))
      }
      step = work.next(answers)
    }
    this.#points.pass()
    return step.value
  }
}
