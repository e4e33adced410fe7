import { newEventId, type Database } from '@harborage/core'
import { requireSqlDatabase } from '@harborage/core/sql'
import { openPostgres } from '@harborage/driver-postgres'
import { openSqlite } from '@harborage/driver-sqlite'
import { openJournalStore, type JournalStore } from '@harborage/journal'
import { collect } from '@harborage/test-kit/collect'
import { measure } from '@harborage/test-kit/measure'
import { queryPostgres } from '@harborage/test-kit/postgres/query'
import { startPostgresServer, type PostgresServer } from '@harborage/test-kit/postgres/start-server'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { explain } from '../artifacts/support/explain.ts'
import { recordStatements } from '../artifacts/support/record-statements.ts'
import { CountingDatabase } from '../memory/support/counting-database.ts'

const session = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
const LONG = measure({ quick: 20_000, full: 1_000_000 })
const SHORT = 20
const NEWEST = { order: 'descending', limit: 20 } as const

function entry() {
  return { entryId: newEventId(), bytes: new Uint8Array(1024).fill(7) }
}

async function fill(journal: JournalStore, stream: string, count: number): Promise<void> {
  for (let left = count; left > 0; left -= 1_000) {
    const entries = Array.from({ length: Math.min(left, 1_000) }, entry)
    await journal.append(session, stream, entries)
  }
}

test('on SQLite an append to a long stream reads and writes what one to a short stream does', async () => {
  await using database = await openSqlite({ dsn: ':memory:' })
  const counting = new CountingDatabase(requireSqlDatabase(database))
  await using journal = await openJournalStore({ database: counting })
  await fill(journal, 'short', 10)
  await fill(journal, 'long', LONG)
  const works = []
  for (const stream of ['short', 'long']) {
    counting.take()
    await journal.append(session, stream, [entry()])
    works.push(counting.take())
  }
  const [short, long] = works
  expect(short).toMatchObject({ transactions: 1, statements: 2 })
  expect({ ...long, bytesWritten: 0 }).toEqual({ ...short, bytesWritten: 0 })
})

test('on SQLite appends of one stream that wait are one change of its head', async () => {
  await using database = await openSqlite({ dsn: ':memory:' })
  const counting = new CountingDatabase(requireSqlDatabase(database))
  await using journal = await openJournalStore({ database: counting })
  await journal.append(session, 'log', [entry()])
  counting.take()
  await Promise.all(Array.from({ length: 32 }, () => journal.append(session, 'log', [entry()])))
  expect(counting.take()).toMatchObject({ transactions: 1, statements: 33 })
})

describe('on Postgres', () => {
  // Others would write to the log of a shared one.
  let server: PostgresServer
  let database: Database
  let journal: JournalStore

  beforeAll(async () => {
    server = await startPostgresServer()
    database = await openPostgres({ dsn: server.dsn })
    journal = await openJournalStore({ database })
    await fill(journal, 'short', SHORT)
    await fill(journal, 'long', LONG)
    await queryPostgres(server.dsn, 'vacuum analyze journal_entries, journal_streams')
  })
  afterAll(async () => {
    await journal.close()
    await database.close()
    await server.stop()
  })

  /** Resolves to how the statements of a call are run. */
  async function plansOf(call: (recorded: JournalStore) => Promise<unknown>) {
    const { database: recording, recorded } = recordStatements(database)
    await using store = await openJournalStore({ database: recording })
    recorded.length = 0
    await call(store)
    const client = new Client({ connectionString: server.dsn })
    await client.connect()
    try {
      await client.query('set plan_cache_mode = force_generic_plan')
      return await Promise.all(recorded.map((each) => explain(client, each)))
    } finally {
      await client.end()
    }
  }

  test('the newest entries of a long stream read as many pages as those of a short one', async () => {
    const blocks: number[] = []
    for (const stream of ['short', 'long']) {
      const plans = await plansOf((store) => collect(store.read(session, stream, NEWEST)))
      blocks.push(plans.reduce((sum, plan) => sum + plan.blocks, 0))
      for (const { indexes } of plans) expect(indexes).not.toContain('journal_entries_by_id')
    }
    const [short = 0, long = 0] = blocks
    // An index is a level or two higher.
    expect(long).toBeLessThanOrEqual(short + 3)
  })

  test('an entry is found by its id in the index of ids', async () => {
    const id = newEventId()
    await journal.append(session, 'long', [{ ...entry(), entryId: id }])
    const ofLong = await plansOf((store) => store.get(session, 'long', [id]))
    for (const { indexes, blocks } of ofLong) {
      expect(indexes).toContain('journal_entries_by_id')
      expect(blocks).toBeLessThan(20)
    }
  })

  test('an append at the end of a long stream writes as much log as one to a short stream', async () => {
    const logs: number[] = []
    for (const stream of ['short', 'long']) {
      // The first change of a page after a checkpoint logs the whole page.
      for (let warm = 0; warm < 10; warm += 1) await journal.append(session, stream, [entry()])
      const before = await logPosition()
      for (let index = 0; index < 50; index += 1) await journal.append(session, stream, [entry()])
      logs.push((await logPosition()) - before)
    }
    const [short = 0, long = 0] = logs
    expect(long / short).toBeLessThan(1.1)
  })

  async function logPosition(): Promise<number> {
    const [row] = await queryPostgres<{ at: string }>(
      server.dsn,
      `select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::text as at`,
    )
    return Number(row?.at)
  }
})
