import {
  SqlFailure,
  type SqlStatement,
  type SqlWork,
  type TransactionTraits,
} from '@harborage/core/sql'

import { DelegatingDatabase } from '@harborage/test-kit/delegating-database'

/**
 * Loses the answer to every commit: does each transaction and each write, and then does it again
 * without knowing that it was done.
 */
export class RepeatingDatabase extends DelegatingDatabase {
  override async changes<Parameters>(
    statement: SqlStatement<Parameters, unknown>,
    parameters: Parameters,
  ): Promise<number> {
    await this.real.changes(statement, parameters)
    const changed = await this.real.changes(statement, parameters)
    if (changed === 0) throw new SqlFailure('repeated')
    return changed
  }

  override async transaction<Result>(
    traits: TransactionTraits,
    work: (mayBeApplied: boolean) => SqlWork<Result>,
  ): Promise<Result> {
    await this.real.transaction(traits, () => work(false))
    return this.real.transaction(traits, () => work(true))
  }
}
