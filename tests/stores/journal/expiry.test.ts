import { allOfRun, HarborageError, newEventId, openDatabase, type Database } from '@harborage/core'
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

/** Fails every transaction beyond a number of them. */
class EndingDatabase extends DelegatingDatabase {
  transactionsLeft = Number.POSITIVE_INFINITY

  override transaction<Result>(
    traits: TransactionTraits,
    work: (mayBeApplied: boolean) => SqlWork<Result>,
  ): Promise<Result> {
    this.transactionsLeft -= 1
    if (this.transactionsLeft < 0) throw ended()
    return this.real.transaction(traits, work)
  }
}

const ended = () => new HarborageError('store_unavailable', 'the process has ended')

/** Makes an append twice, as an engine does that has lost the answer to the first attempt. */
class RepeatingDatabase extends DelegatingDatabase {
  afterFirst: (() => Promise<void>) | undefined

  override async rows<Parameters, Row>(
    statement: SqlStatement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<readonly Row[]> {
    if (statement.name.startsWith('journal_append'))
      await this.#attempt(() => this.real.rows(statement, parameters))
    return this.real.rows(statement, parameters)
  }

  override async transaction<Result>(
    traits: TransactionTraits,
    work: (mayBeApplied: boolean) => SqlWork<Result>,
  ): Promise<Result> {
    const isRepeated =
      traits.name === 'journal_append' &&
      (await this.#attempt(() => this.real.transaction(traits, work)))
    return this.real.transaction(traits, (mayBeApplied) => work(mayBeApplied || isRepeated))
  }

  /** Makes the first attempt and what comes after it, and resolves to whether there was one. */
  async #attempt(make: () => Promise<unknown>): Promise<boolean> {
    const { afterFirst } = this
    if (afterFirst === undefined) return false
    this.afterFirst = undefined
    await make()
    await afterFirst()
    return true
  }
}

async function expire(journal: JournalStore, stream: string): Promise<void> {
  const ifHead = await journal.head(run, stream)
  expect(ifHead && (await journal.touch(run, stream, { ifHead, expiresAt: PAST }))).toBe(true)
}

async function readTexts(journal: JournalStore, stream: string): Promise<readonly string[]> {
  const entries = await collect(journal.read(run, stream))
  return entries.map(({ bytes }) => Buffer.from(bytes).toString())
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
    await expire(journal, 'log')
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
    await expire(journal, 'gone')
    const appended = await Promise.all(
      ['gone', 'gone', 'there', 'lasting'].map((stream) => journal.append(run, stream, [entry()])),
    )
    expect(appended.map(({ head }) => head.position)).toEqual([3, 4, 3, 2])
    expect(await journal.head(run, 'gone')).toMatchObject({ first: 3, length: 2 })
    expect(await journal.head(run, 'there')).toMatchObject({ first: 1, length: 3 })
    expect(await journal.head(run, 'lasting')).toMatchObject({ first: 1, length: 2 })
  })

  describe('of a stream with more entries than a step removes', () => {
    const LENGTH = 10_500
    const KEPT = LENGTH - 10_000

    async function appendLong(journal: JournalStore) {
      const entries = Array.from({ length: LENGTH }, () => entry())
      for (let from = 0; from < LENGTH; from += 1_000) {
        await journal.append(run, 'long', entries.slice(from, from + 1_000))
      }
      await expire(journal, 'long')
      return entries
    }

    test('the next append removes what has expired in several steps', async () => {
      const database = new RecordingDatabase(requireSqlDatabase(await openOn(open)))
      await using journal = await openJournalStore({ database })
      const long = await appendLong(journal)
      database.made.length = 0
      const old = long.slice(0, 1)
      const { head, entries } = await journal.append(run, 'long', [...old, entry('new')], {
        ifPosition: 0,
      })
      expect(database.made.filter((name) => name === 'journal_append')).toHaveLength(2)
      // Its id was forgotten with its entry, but not by this append.
      expect(entries.map(({ outcome }) => outcome)).toEqual(['superseded', 'appended'])
      expect(head).toMatchObject({ first: LENGTH + 1, position: LENGTH + 1, length: 1 })
      expect(await readTexts(journal, 'long')).toEqual(['new'])
      const rows = await collect(journal.dump({ maintenanceScoped: true }))
      expect(Object.groupBy(rows, ({ kind }) => kind).dropped).toHaveLength(1_024)
      const retry = await journal.append(run, 'long', long.slice(-1_000))
      expect(new Set(retry.entries.map(({ outcome }) => outcome))).toEqual(new Set(['superseded']))
    })

    test('a replacement does so, too', async () => {
      const database = new RecordingDatabase(requireSqlDatabase(await openOn(open)))
      await using journal = await openJournalStore({ database })
      await appendLong(journal)
      database.made.length = 0
      const replacement = { position: 0, ifPosition: 0, operationId: newEventId() }
      await journal.replaceAfter({
        ...replacement,
        owner: run,
        stream: 'long',
        entries: [entry('new')],
      })
      expect(database.made.filter((name) => name === 'journal_replace')).toHaveLength(2)
      expect(await readTexts(journal, 'long')).toEqual(['new'])
    })

    test('a process that ends between two steps leaves it hidden, with its newest ids', async () => {
      const database = new EndingDatabase(requireSqlDatabase(await openOn(open)))
      await using journal = await openJournalStore({ database })
      const long = await appendLong(journal)
      database.transactionsLeft = 1
      const append = journal.append(run, 'long', [entry('new')], { ifPosition: 0 })
      await expect(append).rejects.toThrow('ended')
      database.transactionsLeft = Number.POSITIVE_INFINITY
      expect(await journal.head(run, 'long')).toBeUndefined()
      expect(await readTexts(journal, 'long')).toEqual([])
      const [stream] = await collect(journal.dump({ maintenanceScoped: true }))
      expect(stream).toMatchObject({ head: { first: 1, position: LENGTH, length: KEPT } })
      const retry = await journal.append(run, 'long', long.slice(-1_000))
      expect(new Set(retry.entries.map(({ outcome }) => outcome))).toEqual(new Set(['superseded']))
      const { head } = await journal.append(run, 'long', [entry('new')])
      expect(head).toMatchObject({ first: LENGTH + 1, length: 1 })
    })
  })

  test('an append that is repeated after its stream expired is neither doubled nor lost', async () => {
    const database = new RepeatingDatabase(requireSqlDatabase(await openOn(open)))
    await using journal = await openJournalStore({ database })
    await journal.append(run, 'log', [entry('1')])
    const second = entry('2')
    database.afterFirst = () => expire(journal, 'log')
    const { entries, head } = await journal.append(run, 'log', [second])
    expect(entries).toEqual([{ position: 2, outcome: 'superseded' }])
    expect(head).toMatchObject({ position: 2, length: 2, expiresAt: PAST })
    expect(await journal.head(run, 'log')).toBeUndefined()
    const next = await journal.append(run, 'log', [second, entry('3')])
    expect(next.entries.map(({ outcome }) => outcome)).toEqual(['superseded', 'appended'])
    expect(await readTexts(journal, 'log')).toEqual(['3'])
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
