import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'

import { listenToOperations, newEventId, type OperationTrace } from '@harborage/core'
import { currentOperation } from '@harborage/core/kit'
import { openSqlite } from '@harborage/driver-sqlite'
import { openPostgres } from '@harborage/driver-postgres'
import { openJournalStore } from '@harborage/journal'
import { InMemoryStateDriver, openStateStore, StateStore } from '@harborage/state'
import BetterSqlite3 from 'better-sqlite3'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'

import {
  bystander,
  killWaitingBackends,
  waitingForLock,
} from '@harborage/test-kit/postgres/backends'
import { TcpProxy } from '@harborage/test-kit/postgres/tcp-proxy'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'
import { createDatabaseWithTables } from '@harborage/test-kit/postgres/database-with-tables'

const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
const record = { eventId: newEventId(), identity, kind: 'one', bytes: new Uint8Array([1]) }

let begun: OperationTrace[]
let ended: OperationTrace[]
let stop: () => void

beforeEach(() => {
  begun = []
  ended = []
  stop = listenToOperations({
    onStart: (trace) => begun.push(trace),
    onEnd: (trace) => ended.push(trace),
  })
})

afterEach(() => stop())

test('the trace of a save counts how often SQLite found the file locked', async () => {
  const path = join(await temporaryFolder(), 'a.db')
  await using database = await openSqlite({ dsn: path, busyTimeoutMs: 60_000 })
  await using store = await openStateStore({ database })
  const other = new BetterSqlite3(path)
  onTestFinished(() => void other.close())
  other.exec('begin immediate')
  const saving = store.save(record)
  while (begun[0]?.retries === 0) await setImmediate()
  other.exec('rollback')
  await saving
  expect(ended).toMatchObject([{ operation: 'save', outcome: 'saved' }])
  expect(ended[0]?.retries).toBeGreaterThan(0)
})

test('the trace of a save counts how often Postgres lost its connection', async () => {
  const created = await createDatabaseWithTables()
  onTestFinished(() => created.drop())
  await using database = await openPostgres({ dsn: created.dsn })
  await using store = await openStateStore({ database })
  await store.save(record)
  await using other = await bystander(created.dsn)
  await other.query(`begin; select from state_records where kind = 'one' for update`)
  const saving = store.save({ ...record, eventId: newEventId() })
  await waitingForLock(created.dsn, 1)
  // One connection, so one loss: the others of the pool may serve the retry.
  expect(await killWaitingBackends(created.dsn)).toBe(1)
  await other.query('rollback')
  await saving
  expect(ended.map(({ retries }) => retries)).toEqual([0, 1])
})

test('the trace of each save counts the calls that shared its commit on SQLite', async () => {
  await using database = await openSqlite({ dsn: join(await temporaryFolder(), 'a.db') })
  await using store = await openStateStore({ database })
  await Promise.all(saves(store, 8))
  expect(Math.max(...ended.map(({ batchSize }) => batchSize))).toBeGreaterThan(1)
  expect(Math.max(...ended.map(({ batchSize }) => batchSize))).toBeLessThanOrEqual(8)
})

test('the trace of each save counts the calls that shared its statement on Postgres', async () => {
  const created = await createDatabaseWithTables()
  onTestFinished(() => created.drop())
  await using database = await openPostgres({ dsn: created.dsn })
  await using store = await openStateStore({ database })
  await Promise.all(saves(store, 8))
  expect(Math.max(...ended.map(({ batchSize }) => batchSize))).toBeGreaterThan(1)
  expect(Math.max(...ended.map(({ batchSize }) => batchSize))).toBeLessThanOrEqual(8)
})

function saves(store: StateStore, count: number): Promise<unknown>[] {
  return Array.from({ length: count }, (_, number) =>
    store.save({ ...record, eventId: newEventId(), kind: `kind ${number}` }),
  )
}

test('the trace of each append counts the retries and the calls of the statement that it shared', async () => {
  const created = await createDatabaseWithTables()
  onTestFinished(() => created.drop())
  await using proxy = await TcpProxy.start(created.dsn)
  await using database = await openPostgres({ dsn: proxy.dsn })
  await using journal = await openJournalStore({ database })
  const lost = proxy.failOnce('harbor_journal_append', 'cut before sending')
  const bytes = new Uint8Array([1])
  await Promise.all(
    ['one', 'other'].map((stream) =>
      journal.append(identity, stream, [{ entryId: newEventId(), bytes }]),
    ),
  )
  await lost
  expect(ended).toMatchObject([
    { operation: 'append', retries: 1, batchSize: 2 },
    { operation: 'append', retries: 1, batchSize: 2 },
  ])
})

test('the trace of each call of a batch counts the calls that shared it', async () => {
  const driver = new InMemoryStateDriver()
  const save = driver.save.bind(driver)
  const batch: (OperationTrace | undefined)[] = []
  driver.save = async (saved, condition) => {
    batch.push(currentOperation())
    await Promise.resolve()
    for (const operation of batch) if (operation !== undefined) operation.batchSize = batch.length
    return save(saved, condition)
  }
  await using store = new StateStore(driver)
  await Promise.all(
    ['a', 'b', 'c'].map((kind) => store.save({ ...record, eventId: newEventId(), kind })),
  )
  expect(ended.map(({ batchSize }) => batchSize)).toEqual([3, 3, 3])
  expect(currentOperation()).toBeUndefined()
  stop()
  await store.save({ ...record, eventId: newEventId() })
  expect(batch.at(-1)).toBeUndefined()
})
