import { requireSqlDatabase, type SqlDatabase, type SqlStatement } from '@harborage/core/sql'
import { openPostgres } from '@harborage/driver-postgres'
import { openStateStore } from '@harborage/state'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DelegatingDatabase } from '@harborage/test-kit/delegating-database'
import { createDatabaseWithTables } from '@harborage/test-kit/postgres/database-with-tables'
import type { TestDatabase } from '@harborage/test-kit/postgres/test-database'
import {
  sharedStatementChecks,
  type SharedStatementCheck,
} from './support/shared-statement-checks.ts'
import { deleteSession } from '@harborage/test-kit/delete-session'

let database: TestDatabase

beforeAll(async () => {
  database = await createDatabaseWithTables()
})

afterAll(() => database.drop())

type Change = (real: SqlDatabase) => SqlDatabase

/** Runs a check on an engine, which may have a deliberate fault. */
async function run({ run: check }: SharedStatementCheck, change: Change = (real) => real) {
  await using own = await openPostgres({ dsn: database.dsn })
  await using others = await openPostgres({ dsn: database.dsn })
  await using state = await openStateStore({ database: change(requireSqlDatabase(own)) })
  await using other = await openStateStore({ database: others })
  const forget = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
  await deleteSession(state, forget)
  for (const tenantId of ['one', 'two', 'three'])
    await deleteSession(other, { ...forget, tenantId })
  await check(state, other)
}

test.each(sharedStatementChecks)('$name', async (check) => {
  await run(check)
})

/** An engine that collects concurrent calls into batches, and runs the batches with a fault. */
abstract class BrokenBatches extends DelegatingDatabase {
  #gathered: { make: () => Promise<number>; call: PromiseWithResolvers<number> }[] = []

  override changes<Parameters>(
    statement: SqlStatement<Parameters, unknown>,
    parameters: Parameters,
  ): Promise<number> {
    if (statement.batch === undefined) return this.real.changes(statement, parameters)
    const call = Promise.withResolvers<number>()
    if (this.#gathered.length === 0) setImmediate(() => this.#flush())
    this.#gathered.push({ make: () => this.real.changes(statement, parameters), call })
    return call.promise
  }

  #flush(): void {
    const gathered = this.#gathered
    this.#gathered = []
    const makes = gathered.map(({ make }) => make)
    this.settle(
      makes,
      gathered.map(({ call }) => call),
    )
  }

  protected abstract settle(
    makes: (() => Promise<number>)[],
    calls: PromiseWithResolvers<number>[],
  ): void
}

function answer(make: () => Promise<number>, call: PromiseWithResolvers<number> | undefined): void {
  make().then(
    (changes) => call?.resolve(changes),
    (error: unknown) => call?.reject(error),
  )
}

/** Returns to each caller the outcome of the next one. */
class SwappedOutcomes extends BrokenBatches {
  protected override settle(
    makes: (() => Promise<number>)[],
    calls: PromiseWithResolvers<number>[],
  ): void {
    for (const [index, make] of makes.entries()) {
      answer(make, calls[(index + 1) % calls.length])
    }
  }
}

/** Answers at once, and writes when the database is closed. */
class EarlyAnswers extends BrokenBatches {
  readonly #late: (() => Promise<number>)[] = []

  protected override settle(
    makes: (() => Promise<number>)[],
    calls: PromiseWithResolvers<number>[],
  ): void {
    this.#late.push(...makes)
    for (const { resolve } of calls) resolve(1)
  }

  override async close(): Promise<void> {
    await Promise.allSettled(this.#late.map((make) => make()))
  }
}

/** Fails all calls of a batch if one of them fails. */
class SharedFailures extends BrokenBatches {
  protected override settle(
    makes: (() => Promise<number>)[],
    calls: PromiseWithResolvers<number>[],
  ): void {
    Promise.all(makes.map((make) => make())).then(
      (changes) => {
        // A call that is in conflict fails, or changes nothing.
        const fails = changes.includes(0)
        for (const [index, { resolve }] of calls.entries()) {
          resolve(fails ? 0 : (changes[index] ?? 0))
        }
      },
      (error: unknown) => {
        for (const { reject } of calls) reject(error)
      },
    )
  }
}

/** Applies the calls of a batch in reverse order. */
class ReversedCalls extends BrokenBatches {
  protected override settle(
    makes: (() => Promise<number>)[],
    calls: PromiseWithResolvers<number>[],
  ): void {
    for (const [index, make] of [...makes.entries()].toReversed()) {
      answer(make, calls[index])
    }
  }
}

const brokenEngines: readonly { name: string; change: Change; caughtBy: string }[] = [
  {
    name: 'swaps the outcomes of callers',
    change: (real) => new SwappedOutcomes(real),
    caughtBy: 'every caller gets the outcome of its own call',
  },
  {
    name: 'acknowledges before the commit',
    change: (real) => new EarlyAnswers(real),
    caughtBy: 'what was acknowledged is there for everybody',
  },
  {
    name: 'fails the neighbours of a call that fails',
    change: (real) => new SharedFailures(real),
    caughtBy: 'a call that fails leaves those beside it alone',
  },
  {
    name: 'reverses the calls of a slot',
    change: (real) => new ReversedCalls(real),
    caughtBy:
      'saves into one slot at a time are made one after the other, in the order of the calls',
  },
]

describe('the check catches an engine that', () => {
  test.each(brokenEngines)('$name', async ({ change, caughtBy }) => {
    const check = sharedStatementChecks.find(({ name }) => name === caughtBy)
    if (check === undefined) throw new Error('the check has another name now')
    await expect(run(check, change)).rejects.toThrow()
  })
})
