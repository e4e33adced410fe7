import type { SqlWork, TransactionTraits } from '@harborage/core/sql'

import { DelegatingDatabase } from '@harborage/test-kit/delegating-database'

/**
 * Loses the answer to every commit: does each transaction, and then does it again without knowing
 * that it was done.
 */
export class RepeatingDatabase extends DelegatingDatabase {
  override async transaction<Result>(
    traits: TransactionTraits,
    work: (mayBeApplied: boolean) => SqlWork<Result>,
  ): Promise<Result> {
    await this.real.transaction(traits, () => work(false))
    return this.real.transaction(traits, () => work(true))
  }
}
