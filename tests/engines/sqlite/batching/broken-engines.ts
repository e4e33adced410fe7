import type { SqlDatabase, SqlStatement, SqlWork, TransactionTraits } from '@harborage/core/sql'

import { DelegatingDatabase } from '@harborage/test-kit/delegating-database'
import { turns } from '@harborage/test-kit/turns'

/** An engine with a deliberate fault in how calls share commits. */
export interface BrokenEngine {
  /** Completes the sentence "an engine that …". */
  readonly fault: string
  readonly breakIt: (database: SqlDatabase) => SqlDatabase
}

/** Collects concurrent calls before it runs them. */
abstract class GatheringDatabase extends DelegatingDatabase {
  #gathered: (() => Promise<unknown>)[] = []
  #outcomes: Promise<readonly PromiseSettledResult<unknown>[]> | undefined

  override async changes<Parameters>(
    statement: SqlStatement<Parameters, unknown>,
    parameters: Parameters,
  ): Promise<number> {
    return Number(await this.gather(() => super.changes(statement, parameters)))
  }

  override async transaction<Result>(
    traits: TransactionTraits,
    work: (mayBeApplied: boolean) => SqlWork<Result>,
  ): Promise<Result> {
    return (await this.gather(() => super.transaction(traits, work))) as Result
  }

  /** Returns which of the outcomes the call with this number gets. */
  protected abstract pick(
    outcomes: readonly PromiseSettledResult<unknown>[],
    own: number,
  ): PromiseSettledResult<unknown> | undefined

  protected async gather(call: () => Promise<unknown>): Promise<unknown> {
    const own = this.#gathered.push(call) - 1
    this.#outcomes ??= this.#runGathered()
    const outcome = this.pick(await this.#outcomes, own)
    if (outcome?.status === 'fulfilled') return outcome.value
    throw outcome?.reason
  }

  async #runGathered(): Promise<readonly PromiseSettledResult<unknown>[]> {
    await turns(1)
    const calls = this.#gathered
    this.#gathered = []
    this.#outcomes = undefined
    return Promise.allSettled(calls.map((call) => call()))
  }
}

class SwappingDatabase extends GatheringDatabase {
  protected override pick(
    outcomes: readonly PromiseSettledResult<unknown>[],
    own: number,
  ): PromiseSettledResult<unknown> | undefined {
    return outcomes[own ^ 1] ?? outcomes[own]
  }
}

class FailingTogetherDatabase extends GatheringDatabase {
  protected override pick(
    outcomes: readonly PromiseSettledResult<unknown>[],
    own: number,
  ): PromiseSettledResult<unknown> | undefined {
    return outcomes.find(({ status }) => status === 'rejected') ?? outcomes[own]
  }
}

/** Acknowledges a row before it is written. */
class HastyDatabase extends DelegatingDatabase {
  override async changes<Parameters>(
    statement: SqlStatement<Parameters, unknown>,
    parameters: Parameters,
  ): Promise<number> {
    void turns(20).then(() => super.changes(statement, parameters).catch(() => {}))
    return 1
  }
}

/** Faults of shared commits, each of which a case has to notice. */
export const brokenEngines: readonly BrokenEngine[] = [
  {
    fault: 'tells a caller the outcome of another one',
    breakIt: (database) => new SwappingDatabase(database),
  },
  {
    fault: 'fails all that share a commit because one of them fails',
    breakIt: (database) => new FailingTogetherDatabase(database),
  },
  {
    fault: 'acknowledges before it commits',
    breakIt: (database) => new HastyDatabase(database),
  },
]
