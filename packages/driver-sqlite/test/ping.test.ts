import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openSqlite } from '@harborage/driver-sqlite'
import { failureOf } from '@harborage/test-kit/failure-of'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'
import BetterSqlite3 from 'better-sqlite3'
import { expect, test } from 'vitest'
import { Notes } from './support/notes.ts'
import { holdWriteLock } from './support/write-lock.ts'

test('a ping is answered, without a file as well, and makes none', async () => {
  const dsn = join(await temporaryFolder(), 'a.db')
  await using database = await openSqlite({ dsn })
  await database.ping()
  expect(existsSync(dsn)).toBe(false)
  expect(database.gauges()).toMatchObject({ connectionsIdle: 0, logPages: 0 })
  await using notes = await Notes.open({ dsn })
  await notes.database.ping()
  await database.ping()
})

test('a ping fails in time while another process keeps the new file for itself', async () => {
  const dsn = join(await temporaryFolder(), 'a.db')
  await using database = await openSqlite({ dsn, busyTimeoutMs: 3_600_000 })
  await using lock = await holdWriteLock(dsn, 'exclusive')
  const pings = Array.from({ length: 20 }, () => failureOf(database.ping({ timeoutMs: 20 })))
  for (const failure of await Promise.all(pings)) {
    expect(failure).toMatchObject({ code: 'store_unavailable', retryable: true })
  }
  expect(database.gauges().callsWaiting).toBe(1)
  await lock.release()
  await database.ping({ timeoutMs: 60_000 })
  expect(database.gauges()).toMatchObject({ connectionsIdle: 1, callsWaiting: 0 })
})

test('a ping is answered while another process holds the write lock', async () => {
  const dsn = join(await temporaryFolder(), 'a.db')
  await using notes = await Notes.open({ dsn })
  await using _lock = await holdWriteLock(dsn)
  await notes.database.ping()
})

test('during a migration pings fail in time, and do not pile up', async () => {
  const dsn = join(await temporaryFolder(), 'a.db')
  await using notes = await Notes.open({ dsn })
  const { database } = notes
  await database.migrate({ name: 'slow', tables: [] }, async () => {
    const pings = Array.from({ length: 20 }, () => failureOf(database.ping({ timeoutMs: 20 })))
    for (const failure of await Promise.all(pings)) {
      expect(failure).toMatchObject({ code: 'store_unavailable', retryable: true })
    }
    expect(database.gauges().callsWaiting).toBe(1)
  })
  await database.ping({ timeoutMs: 60_000 })
  expect(database.gauges().callsWaiting).toBe(0)
})

test('gauges count the writes that wait, and the log since the last checkpoint', async () => {
  const dsn = join(await temporaryFolder(), 'a.db')
  await using notes = await Notes.open({ dsn, busyTimeoutMs: 600_000 })
  const { database } = notes
  expect(database.gauges()).toMatchObject({ connectionsIdle: 1, writesQueued: 0 })
  const before = database.gauges().logPages ?? 0
  await notes.write('one')
  const { logPages = 0, logBytes = 0 } = database.gauges()
  expect(logPages).toBeGreaterThan(before)
  expect(logBytes).toBe(logPages * 4096)
  await using lock = await holdWriteLock(dsn)
  const writing = Promise.all([notes.write('two'), notes.write('three')])
  expect(database.gauges()).toMatchObject({ connectionsInUse: 1, writesQueued: 2 })
  await lock.release()
  await writing
  expect(database.gauges()).toMatchObject({ connectionsInUse: 0, writesQueued: 0 })
})

test('gauges count the connection before the first write, and the writes that wait for it', async () => {
  const dsn = join(await temporaryFolder(), 'a.db')
  new BetterSqlite3(dsn).exec('create table notes (id text primary key)').close()
  await using notes = await Notes.unmade({ dsn, busyTimeoutMs: 3_600_000 })
  const { database } = notes
  expect(database.gauges()).toMatchObject({ connectionsIdle: 1, writesQueued: 0 })
  await using lock = await holdWriteLock(dsn)
  const writing = Promise.all([notes.write('one'), notes.writeAll('two')])
  expect(database.gauges()).toMatchObject({
    connectionsInUse: 1,
    connectionsIdle: 0,
    writesQueued: 2,
  })
  await lock.release()
  await writing
  expect(database.gauges()).toMatchObject({
    connectionsInUse: 0,
    connectionsIdle: 1,
    writesQueued: 0,
  })
})

test('gauges count the bytes of writes that wait for a new file', async () => {
  const dsn = join(await temporaryFolder(), 'a.db')
  await using notes = await Notes.unmade({ dsn, busyTimeoutMs: 3_600_000 })
  await using lock = await holdWriteLock(dsn, 'exclusive')
  const traits = { name: 'large', repeat: 'never', claim: { keys: [], bytes: 1_000 } } as const
  const writing = notes.database.transaction(traits, () => notes.writing('one'))
  const making = failureOf(writing)
  expect(notes.database.gauges()).toMatchObject({ writesQueued: 1, writeBytesQueued: 1_000 })
  await lock.release()
  await making
  expect(notes.database.gauges()).toMatchObject({ writesQueued: 0, writeBytesQueued: 0 })
})

test('a database that is closed answers no ping, and its gauges are 0', async () => {
  const notes = await Notes.open({ dsn: ':memory:' })
  await notes[Symbol.asyncDispose]()
  expect(await failureOf(notes.database.ping())).toMatchObject({ code: 'store_closed' })
  expect(Object.values(notes.database.gauges()).every((value) => value === 0)).toBe(true)
  const dsn = join(await temporaryFolder(), 'a.db')
  const unmade = await openSqlite({ dsn })
  await unmade.close()
  expect(await failureOf(unmade.ping())).toMatchObject({ code: 'store_closed' })
})
