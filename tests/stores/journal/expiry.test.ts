import { allOfRun, newEventId, openDatabase, type Database } from '@harborage/core'
import {
  migrateSubsystem,
  requireSqlDatabase,
  type SqlStatement,
  type SqlWork,
  type TransactionTraits,
} from '@harborage/core/sql'
import '@harborage/driver-postgres'
import '@harborage/driver-sqlite'
import { InMemoryJournalDriver, JournalStore, openJournalStore } from '@harborage/journal'
import type { JournalDriver } from '@harborage/journal'
import { journalSubsystem, openSqlJournalDriver } from '@harborage/journal/sql'
import { collect } from '@harborage/test-kit/collect'
import { DelegatingDatabase } from '@harborage/test-kit/delegating-database'
import { createDatabase } from '@harborage/test-kit/postgres/test-database'
import { sql } from 'kysely'
import { describe, expect, onTestFinished, test } from 'vitest'

const run = { tenantId: 'acme', userId: 'ann', sessionId: 's1', runId: 'r1' }
const PAST = new Date(1_000)
const FUTURE = new Date(8.64e15 - 1)

const engines: readonly (readonly [name: string, open: () => Promise<Database>])[] = [
  ['on SQLite', () => openDatabase('sqlite::memory:')],
  [
    'on Postgres',
    async () => {
      const created = await createDatabase()
      onTestFinished(() => created.drop())
      return openDatabase(created.dsn)
    },
  ],
]

async function openOn(open: () => Promise<Database>): Promise<Database> {
  const database = await open()
  onTestFinished(() => database.close())
  return database
}

/** Keeps the names of the statements that run alone, and of transactions. */
class RecordingDatabase extends DelegatingDatabase {
  readonly made: string[] = []

  override rows<Parameters, Row>(
    statement: SqlStatement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<readonly Row[]> {
    this.made.push(statement.name)
    return this.real.rows(statement, parameters)
  }

  override transaction<Result>(
    traits: TransactionTraits,
    work: (mayBeApplied: boolean) => SqlWork<Result>,
  ): Promise<Result> {
    this.made.push(traits.name)
    return this.real.transaction(traits, work)
  }
}

function entry(text = 'text') {
  return { entryId: newEventId(), bytes: Buffer.from(text) }
}

describe.for(engines)('%s', ([, open]) => {
  test('calls about a stream that does not expire take one statement each', async () => {
    const database = new RecordingDatabase(requireSqlDatabase(await openOn(open)))
    await using journal = await openJournalStore({ database })
    const { entryId } = entry()
    await journal.append(run, 'log', [{ ...entry(), entryId }])
    const calls = {
      append: () => journal.append(run, 'log', [entry()]),
      head: () => journal.head(run, 'log'),
      'head of none': () => journal.head(run, 'none'),
      read: () => collect(journal.read(run, 'log')),
      'read of none': () => collect(journal.read(run, 'none')),
      get: () => journal.get(run, 'log', [entryId]),
      streams: () => collect(journal.streams(run)),
    }
    for (const [name, call] of Object.entries(calls)) {
      database.made.length = 0
      await call()
      expect({ [name]: database.made }).toEqual({ [name]: [expect.any(String)] })
    }
  })

  test('the next appends to a stream that expires take one statement each as well', async () => {
    const database = new RecordingDatabase(requireSqlDatabase(await openOn(open)))
    await using journal = await openJournalStore({ database })
    await journal.append(run, 'log', [entry()], { expiresAt: FUTURE })
    // It finds out that the stream expires.
    await journal.append(run, 'log', [entry()])
    for (const position of [3, 4]) {
      database.made.length = 0
      const { head } = await journal.append(run, 'log', [entry()])
      expect(head).toMatchObject({ position, expiresAt: FUTURE })
      expect(database.made).toHaveLength(1)
    }
    const ifHead = await journal.head(run, 'log')
    expect(ifHead && (await journal.touch(run, 'log', { ifHead, expiresAt: PAST }))).toBe(true)
    const { head } = await journal.append(run, 'log', [entry()])
    expect(head).toMatchObject({ first: 5, position: 5, length: 1, expiresAt: undefined })
  })

  test('appends that come together begin what has expired anew, and go on with the others', async () => {
    await using database = await openOn(open)
    await using journal = await openJournalStore({ database })
    for (const stream of ['gone', 'there']) {
      await journal.append(run, stream, [entry()], { expiresAt: FUTURE })
      await journal.append(run, stream, [entry()])
    }
    await journal.append(run, 'lasting', [entry()])
    const ifHead = await journal.head(run, 'gone')
    expect(ifHead && (await journal.touch(run, 'gone', { ifHead, expiresAt: PAST }))).toBe(true)
    const appended = await Promise.all(
      ['gone', 'gone', 'there', 'lasting'].map((stream) => journal.append(run, stream, [entry()])),
    )
    expect(appended.map(({ head }) => head.position)).toEqual([3, 4, 3, 2])
    expect(await journal.head(run, 'gone')).toMatchObject({ first: 3, length: 2 })
    expect(await journal.head(run, 'there')).toMatchObject({ first: 1, length: 3 })
    expect(await journal.head(run, 'lasting')).toMatchObject({ first: 1, length: 2 })
  })

  test('streams of an earlier release do not expire, and neither do those that it begins', async () => {
    const database = await openOn(open)
    const sqlDatabase = requireSqlDatabase(database)
    const [first] = Object.entries(journalSubsystem.migrations)
    await migrateSubsystem(
      sqlDatabase,
      { ...journalSubsystem, migrations: Object.fromEntries(first === undefined ? [] : [first]) },
      'apply',
    )
    const begin = (stream: string) =>
      sqlDatabase.changes(
        {
          name: 'begin',
          repeat: 'never',
          ...sql`insert into journal_streams (tenant_id, user_id, session_id, run_id, stream,
            generation, first, position, length, updated_at, recent_at, operations)
            values ('acme', 'ann', 's1', 'r1', ${sql.lit(stream)}, ${sql.lit(stream)},
            1, 1, 1, 1, 1, '[]')`.compile(sqlDatabase.builder),
          bind: () => [],
        },
        {},
      )
    await begin('before')
    await using journal = await openJournalStore({ database })
    await begin('after')
    for (const stream of ['before', 'after']) {
      expect(await journal.head(run, stream)).toMatchObject({ position: 1, expiresAt: undefined })
      const { head } = await journal.append(run, stream, [entry()])
      expect(head).toMatchObject({ generation: stream, position: 2 })
    }
    expect(await journal.prune(allOfRun(run))).toEqual({ examined: 2, pruned: 0 })
  })
})

const drivers: readonly (readonly [name: string, open: () => Promise<JournalDriver>])[] = [
  ['in memory', async () => new InMemoryJournalDriver()],
  ...engines.map(
    ([name, open]) =>
      [name, async () => openSqlJournalDriver(await openOn(open), 'apply')] as const,
  ),
]

test.for(drivers)(
  'what is touched or begun anew after prune has looked at it stays %s',
  async ([, open]) => {
    const driver = await open()
    await using journal = new JournalStore(driver)
    const { head } = await journal.append(run, 'touched', [entry()])
    await journal.append(run, 'anew', [entry()], { expiresAt: PAST })
    await journal.append(run, 'left', [entry()])
    const look = driver.streamsPage.bind(driver)
    driver.streamsPage = async (page) => {
      const found = await look(page)
      driver.streamsPage = look
      await journal.touch(run, 'touched', { ifHead: head, expiresAt: FUTURE })
      await journal.append(run, 'anew', [entry('new')])
      return found
    }
    const rules = { olderThan: FUTURE, prefix: '' }
    expect(await journal.prune(allOfRun(run), rules)).toEqual({ examined: 3, pruned: 1 })
    const left = await collect(journal.streams(run))
    expect(left.map(({ stream }) => stream)).toEqual(['anew', 'touched'])
  },
)

test('in memory a stream expires by the clock that the driver is given', async () => {
  let now = 1_000
  await using journal = new JournalStore(new InMemoryJournalDriver({ clock: () => now }))
  await journal.append(run, 'log', [entry('1')], { expiresAt: new Date(2_000) })
  now = 1_999
  expect(await journal.head(run, 'log')).toMatchObject({ position: 1, length: 1 })
  now = 2_000
  expect(await journal.head(run, 'log')).toBeUndefined()
  const { head } = await journal.append(run, 'log', [entry('2')])
  expect(head).toMatchObject({ first: 2, position: 2, length: 1, expiresAt: undefined })
})
