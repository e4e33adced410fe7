import { newEventId, type Database } from '@harborage/core'
import { requireSqlDatabase, type SqlWork, type TransactionTraits } from '@harborage/core/sql'
import { openPostgres } from '@harborage/driver-postgres'
import { openSqlite } from '@harborage/driver-sqlite'
import { MAX_COMMIT_ENTRIES, MAX_PREFIX_SLOTS, openStateStore } from '@harborage/state'
import { DelegatingDatabase } from '@harborage/test-kit/delegating-database'
import { failureOf } from '@harborage/test-kit/failure-of'
import { createDatabaseWithTables } from '@harborage/test-kit/postgres/database-with-tables'
import { expect, onTestFinished, test } from 'vitest'

const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1', runId: 'r1' }
const records = Array.from({ length: MAX_PREFIX_SLOTS + 1 }, (_, index) => ({
  eventId: newEventId(),
  identity,
  kind: `${index % 2 === 0 ? 'even' : 'odd'}.${index}`,
  bytes: new Uint8Array([1]),
}))

const engines: readonly [name: string, open: () => Promise<Database | undefined>][] = [
  ['in memory', async () => undefined],
  ['on SQLite', () => openSqlite({ dsn: ':memory:' })],
  [
    'on Postgres',
    async () => {
      const database = await createDatabaseWithTables()
      onTestFinished(() => database.drop())
      return openPostgres({ dsn: database.dsn })
    },
  ],
]

test.for(engines)(
  '%s a commit names no entry if its prefixes have too many slots, and spares what it saves',
  async ([, open]) => {
    const database = await open()
    const state = await openStateStore(database && { database })
    for (let from = 0; from < records.length; from += MAX_COMMIT_ENTRIES) {
      await state.commit({ save: records.slice(from, from + MAX_COMMIT_ENTRIES) })
    }
    // What the last ones would empty is not reached any more.
    const deletePrefix = ['none.', 'even.', 'odd.', 'z.'].map((kindPrefix) => {
      return { identity, kindPrefix }
    })
    const failure = await failureOf(state.commit({ deletePrefix }))
    expect(failure).toMatchObject({ code: 'result_too_large' })
    expect(failure).not.toHaveProperty('entry')
    expect(await state.count(identity, '')).toBe(records.length)
    const { kind = '' } = records[7] ?? {}
    const spared = { eventId: newEventId(), identity, kind, bytes: new Uint8Array() }
    const outcome = await state.commit({ saveIfEmpty: [spared], deletePrefix })
    const deleted = MAX_PREFIX_SLOTS
    expect(outcome).toEqual({ repeated: false, save: [], saveIfEmpty: ['kept'], deleted })
    expect(await state.count(identity, '')).toBe(1)
    await state.close()
    await database?.close()
  },
)

test('a commit with 1,000 prefixes reads little more than it may empty', async () => {
  const database = new CountingDatabase(requireSqlDatabase(await openSqlite({ dsn: ':memory:' })))
  const state = await openStateStore({ database })
  const runs = Array.from({ length: 30 }, (_, run) => ({ ...identity, runId: `r${run}` }))
  for (const run of runs) {
    const save = records.slice(0, MAX_COMMIT_ENTRIES).map((record) => {
      return { ...record, eventId: newEventId(), identity: run }
    })
    await state.commit({ save })
  }
  const deletePrefix = Array.from({ length: MAX_COMMIT_ENTRIES }, (_, index) => {
    return { identity: runs[index % runs.length] ?? identity, kindPrefix: `even.${index}` }
  })
  const all = runs.map((run) => ({ identity: run, kindPrefix: '' }))
  await expect(
    state.commit({ deletePrefix: [...all, ...deletePrefix.slice(all.length)] }),
  ).rejects.toMatchObject({ code: 'result_too_large' })
  expect(database.foundRows).toBeLessThan(MAX_PREFIX_SLOTS + MAX_COMMIT_ENTRIES)
  await state.close()
  await database.close()
})

/** Counts the rows that the searches of prefixes return. */
class CountingDatabase extends DelegatingDatabase {
  foundRows = 0

  override transaction<Result>(
    traits: TransactionTraits,
    work: (mayBeApplied: boolean) => SqlWork<Result>,
  ): Promise<Result> {
    const count = (rows: number): void => {
      this.foundRows += rows
    }
    return super.transaction(traits, function* (mayBeApplied) {
      const counted = work(mayBeApplied)
      let state = counted.next([])
      while (state.done !== true) {
        const steps = state.value
        const answers = yield steps
        for (const [index, answer] of answers.entries()) {
          const isSearch = steps[index]?.statement.name === 'state_find_under_prefix'
          if (isSearch && typeof answer !== 'number') count(answer.length)
        }
        state = counted.next(answers)
      }
      return state.value
    })
  }
}
