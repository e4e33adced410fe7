import { newEventId } from '@harborage/core'
import { openPostgres, type PostgresConfig } from '@harborage/driver-postgres'
import { openJournalStore, type JournalStore } from '@harborage/journal'
import { HANG_LIMIT_MS } from '@harborage/test-kit/hang-limit'
import { bystander, waitingForLock } from '@harborage/test-kit/postgres/backends'
import { queryPostgres } from '@harborage/test-kit/postgres/query'
import { TcpProxy } from '@harborage/test-kit/postgres/tcp-proxy'
import { createDatabaseWithTables } from '@harborage/test-kit/postgres/database-with-tables'
import type { TestDatabase } from '@harborage/test-kit/postgres/test-database'
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  expect,
  onTestFinished,
  test,
  vi,
} from 'vitest'

const session = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
const streams = ['held', 'free', 'other'] as const
/** The beginning of the names of the statements that append. */
const APPEND = 'harbor_journal_append'

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabaseWithTables()
})
afterAll(() => database.drop())
afterEach(() => vi.useRealTimers())

beforeEach(async () => {
  await using journal = await openJournalStore({ dsn: database.dsn })
  await Promise.all(streams.map((stream) => journal.delete(session, stream)))
  for (const stream of streams) await append(journal, stream)
})

async function openStore(config: Partial<PostgresConfig> = {}): Promise<JournalStore> {
  const opened = await openPostgres({ dsn: database.dsn, ...config })
  const journal = await openJournalStore({ database: opened })
  onTestFinished(async () => {
    await journal.close()
    await opened.close()
  })
  return journal
}

function append(journal: JournalStore, stream: string, ifPosition?: number) {
  const entry = { entryId: newEventId(), bytes: Buffer.from('hello') }
  return journal.append(session, stream, [entry], ifPosition === undefined ? {} : { ifPosition })
}

/** Locks the head of a stream, as a long transaction does. Resolves to what lets go of it. */
async function holdHead(stream: string): Promise<() => Promise<void>> {
  const holder = await bystander(database.dsn)
  onTestFinished(() => holder.end())
  await holder.query('begin')
  await holder.query('select from journal_streams where stream = $1 for update', [stream])
  return async () => void (await holder.query('rollback'))
}

/** Waits until an append that is made by itself waits for a head. */
function waitingByItself(): Promise<boolean> {
  return vi.waitUntil(
    async () => {
      const waiting = await queryPostgres(
        database.dsn,
        `select from pg_stat_activity where datname = current_database()
         and wait_event_type = 'Lock' and query like '%for update%'`,
      )
      return waiting.length === 1
    },
    { timeout: HANG_LIMIT_MS, interval: 20 },
  )
}

async function lengthsOf(journal: JournalStore): Promise<(number | undefined)[]> {
  const heads = await Promise.all(streams.map((stream) => journal.head(session, stream)))
  return heads.map((head) => head?.length)
}

test('an append waits for a head that others hold, beside which others are made', async () => {
  const journal = await openStore()
  const release = await holdHead('held')
  const waiting = append(journal, 'held')
  expect(await append(journal, 'free')).toMatchObject({ head: { position: 2 } })
  await release()
  expect(await waiting).toMatchObject({ head: { position: 2 } })
})

test('after a lost answer, appends of one statement are made one by one if a head is held', async () => {
  await using proxy = await TcpProxy.start(database.dsn)
  const journal = await openStore({ dsn: proxy.dsn })
  const release = await holdHead('held')
  const isLost = proxy.failOnce(APPEND, 'cut before sending')
  const waiting = append(journal, 'held')
  const free = append(journal, 'free')
  await isLost
  expect(await free).toMatchObject({ head: { position: 2 } })
  await release()
  expect(await waiting).toMatchObject({ head: { position: 2 } })
  expect(await lengthsOf(journal)).toEqual([2, 2, 1])
})

test('a lock timeout after a long wait for a connection is not taken for a silent server', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  const journal = await openStore({ max: 1, connectionTimeoutMs: 60_000 })
  const release = await holdHead('held')
  const releaseOther = await holdHead('other')
  const first = append(journal, 'other', 1)
  await waitingForLock(database.dsn, 1)
  const waiting = append(journal, 'held')
  const free = append(journal, 'free')
  // Both wait for the connection by then.
  await new Promise(setImmediate)
  vi.advanceTimersByTime(60_000)
  const both = Promise.all([waiting, free])
  await releaseOther()
  expect(await first).toMatchObject({ head: { position: 2 } })
  await Promise.race([both, waitingByItself()])
  await release()
  await both
  expect(await lengthsOf(journal)).toEqual([2, 2, 2])
})

test('an append whose answer was lost and that cannot be looked up is of unknown outcome', async () => {
  await using proxy = await TcpProxy.start(database.dsn)
  const journal = await openStore({ dsn: proxy.dsn, retryTimeoutMs: 200 })
  const lost = proxy.failOnce(APPEND, 'cut the answer')
  const found = proxy.failOnce('harbor_journal_lock', 'cut before sending')
  const appending = append(journal, 'held').catch((error: unknown) => error)
  await Promise.all([lost, found])
  await proxy.refuse()
  expect(await appending).toMatchObject({ code: 'outcome_unknown' })
})
