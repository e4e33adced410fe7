import type { SqlAnswer, SqlStep, SqlWork, TransactionTraits } from '@harborage/core/sql'

import { DelegatingDatabase } from '@harborage/test-kit/delegating-database'

/** Broken on purpose: every statement of a transaction is committed by itself. */
export class TornDatabase extends DelegatingDatabase {
  override async transaction<Result>(
    _traits: TransactionTraits,
    work: (mayBeApplied: boolean) => SqlWork<Result>,
  ): Promise<Result> {
    const running = work(false)
    let step = running.next([])
    while (step.done !== true) {
      const answers: SqlAnswer[] = []
      for (const each of step.value) answers.push(await this.#runAlone(each))
      step = running.next(answers)
    }
    return step.value
  }

  async #runAlone({ statement, values, answer }: SqlStep): Promise<SqlAnswer> {
    const alone = { ...statement, repeat: 'never' as const, bind: () => [...values] }
    return answer === 'rows' ? this.real.rows(alone, {}) : this.real.changes(alone, {})
  }
}
