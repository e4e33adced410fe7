import { openDatabase, type Database } from '@harborage/core'
import { requireSqlDatabase } from '@harborage/core/sql'
import { createDatabaseWithTables } from '@harborage/test-kit/postgres/database-with-tables'
import { isFullRun, measure, shareOf } from '@harborage/test-kit/measure'
import { expect, test } from 'vitest'

import { partsOfOwner, RecordedStatements, WithoutPart } from './changed-statements.ts'
import { firstWrongAnswer, type FuzzedStore } from './fuzzed-store.ts'

/** A store whose isolation is fuzzed. */
export interface IsolatedStore {
  readonly name: string
  /** Opens it on an SQL database, or in memory, with nothing stored. */
  readonly open: (database?: Database) => Promise<FuzzedStore>
  /** Further drivers, such as one on files. */
  readonly others?: Readonly<Record<string, () => Promise<FuzzedStore>>>
  /**
   * The parts of the owner that statements can do without, as `statement.column`, and why no answer
   * shows it.
   */
  readonly redundant: Readonly<Record<string, string>>
}

/** The share of the calls on each driver. */
const SHARES = { memory: 0.45, sqlite: 0.45, postgres: 0.1, other: 0.05 } as const

const CALLS = measure({ quick: 2_000, full: 1_000_000 })

/** No test makes more, so that none of a full run takes as long as one that hangs. */
const CALLS_OF_ONE_TEST = 50_000

/** The same for drivers whose calls write files. */
const SLOW_CALLS_OF_ONE_TEST = 5_000

/** Every statement is run within this many calls. */
const CALLS_TO_RECORD = 2_000

/** A broken build is noticed within this many calls. */
const CALLS_OF_BROKEN_BUILD = 4_000

/**
 * Registers tests that calls for owners with similar names reach nothing of one another and find
 * all of their own, and that this shows where a statement leaves out a part of the owner.
 */
export function checkIsolation({ name, open, others = {}, redundant }: IsolatedStore): void {
  const drivers: Readonly<Record<string, () => Promise<FuzzedStore>>> = {
    memory: () => open(),
    sqlite: async () => onDatabase(await openDatabase('sqlite::memory:'), open),
    postgres: async () => {
      const created = await createDatabaseWithTables()
      const opened = await onDatabase(await openDatabase(created.dsn), open)
      return withCleanup(opened, () => created.drop())
    },
    ...others,
  }

  test.for(Object.entries(drivers).flatMap(inParts))(
    `${name} of one owner are reached through no other, and all through their own, on $driver, seed $seed`,
    async ({ openOn, calls, seed }) => {
      await using store = await openOn()
      expect(await firstWrongAnswer(store, { calls, seed })).toBeUndefined()
    },
  )

  test(`a build that leaves a part of the owner of ${name} out of one statement is caught`, async () => {
    const parts = partsOfOwner(await statementsOf(open))
    expect(parts.length).toBeGreaterThan(5)
    const uncaught: string[] = []
    const named = parts.map((leftOut) => `${leftOut.statement}.${leftOut.column}`)
    expect(named).toEqual(expect.arrayContaining(Object.keys(redundant)))
    const builds = parts.map((leftOut, index) => ({ leftOut, name: named[index] ?? '' }))
    // The redundant take all of the calls, so that only a full run shows that they still are.
    const needed = builds.filter(({ name }) => isFullRun || !(name in redundant))
    for (const { leftOut, name } of shareOf(needed, { of: 6, part: 1 })) {
      const database = await openDatabase('sqlite::memory:')
      const broken = new WithoutPart(requireSqlDatabase(database), leftOut)
      await using store = await onDatabase(broken, open)
      const wrong = await firstWrongAnswer(store, { calls: CALLS_OF_BROKEN_BUILD, seed: 1 })
      // A statement that does not run proves nothing.
      expect(wrong ?? '').not.toMatch(/syntax error|no such/)
      if (wrong === undefined) uncaught.push(name)
    }
    expect(uncaught).toEqual(isFullRun ? named.filter((name) => name in redundant) : [])
  })
}

/** Returns what the tests of one driver have to call, each with a seed of its own. */
function inParts([driver, openOn]: readonly [string, () => Promise<FuzzedStore>]) {
  const known = Object.entries(SHARES).find(([name]) => name === driver)?.[1]
  const calls = Math.ceil(CALLS * (known ?? SHARES.other))
  const parts = Math.ceil(
    calls / (known === undefined ? SLOW_CALLS_OF_ONE_TEST : CALLS_OF_ONE_TEST),
  )
  return Array.from({ length: parts }, (_, part) => ({
    driver,
    openOn,
    calls: Math.ceil(calls / parts),
    seed: part + 1,
  }))
}

/** Resolves to the statements that fuzzing runs. */
async function statementsOf(open: IsolatedStore['open']): Promise<ReadonlyMap<string, string>> {
  const database = new RecordedStatements(requireSqlDatabase(await openDatabase('sqlite::memory:')))
  await using store = await onDatabase(database, open)
  expect(await firstWrongAnswer(store, { calls: CALLS_TO_RECORD, seed: 1 })).toBeUndefined()
  return database.ran
}

async function onDatabase(database: Database, open: IsolatedStore['open']): Promise<FuzzedStore> {
  return withCleanup(await open(database), () => database.close())
}

function withCleanup(store: FuzzedStore, cleanup: () => Promise<void>): FuzzedStore {
  return {
    nextCall: (choice) => store.nextCall(choice),
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]()
      await cleanup()
    },
  }
}
