import { openPostgres } from '@harborage/driver-postgres'
import { openStateStore } from '@harborage/state'
import { failureOf } from '@harborage/test-kit/failure-of'
import { bystander } from '@harborage/test-kit/postgres/backends'
import { startPostgresServer } from '@harborage/test-kit/postgres/start-server'
import { TcpProxy } from '@harborage/test-kit/postgres/tcp-proxy'
import { createDatabase, type TestDatabase } from '@harborage/test-kit/postgres/test-database'
import { Pool } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ann, newRecord } from './support/test-store.ts'

/** Far more than an answer takes on a slow machine. */
const PATIENT = { timeoutMs: 60_000 }

let place: TestDatabase

beforeAll(async () => {
  place = await createDatabase()
})

afterAll(() => place.drop())

test('a ping is answered, also when all connections are busy for a moment', async () => {
  const pool = new Pool({ connectionString: place.dsn, max: 1 })
  {
    await using database = await openPostgres({ pool })
    await database.ping()
    const client = await pool.connect()
    const pinging = database.ping(PATIENT)
    client.release()
    await pinging
  }
  await pool.end()
})

test('a pool that stays saturated fails pings in time, and they do not pile up behind it', async () => {
  const pool = new Pool({ connectionString: place.dsn, max: 1 })
  {
    await using database = await openPostgres({ pool })
    const client = await pool.connect()
    const failures = await Promise.all(
      Array.from({ length: 20 }, () => failureOf(database.ping({ timeoutMs: 50 }))),
    )
    for (const failure of failures) {
      expect(failure).toMatchObject({ code: 'store_unavailable', retryable: true })
    }
    expect(failures[0]?.message).toContain('did not answer within 50 ms')
    expect(database.gauges().callsWaiting).toBe(1)
    client.release()
    await database.ping(PATIENT)
    expect(database.gauges()).toMatchObject({ connectionsInUse: 0, callsWaiting: 0 })
  }
  await pool.end()
})

test('a server that falls silent fails a ping in time, and the next one finds another connection', async () => {
  await using proxy = await TcpProxy.start(place.dsn)
  await using database = await openPostgres({ dsn: proxy.dsn })
  await database.ping(PATIENT)
  const swallowed = proxy.failOnce('select 1', 'swallow the answer')
  expect(await failureOf(database.ping({ timeoutMs: 300 }))).toMatchObject({
    code: 'store_unavailable',
    retryable: true,
  })
  await swallowed
  await database.ping(PATIENT)
})

test('a server that was stopped fails pings, until it runs again', async () => {
  const server = await startPostgresServer()
  try {
    await using database = await openPostgres({ dsn: server.dsn })
    await server.shutDown('fast')
    expect(await failureOf(database.ping(PATIENT))).toMatchObject({
      code: 'store_unavailable',
      retryable: true,
    })
    await server.startAgain()
    await database.ping(PATIENT)
  } finally {
    await server.stop()
  }
})

test('gauges count connections, and the writes that wait with their bytes', async () => {
  await using database = await openPostgres({ dsn: place.dsn })
  await using state = await openStateStore({ database })
  const held = newRecord({ kind: 'held' })
  await state.save(held)
  expect(database.gauges()).toMatchObject({ connectionsInUse: 0, callsWaiting: 0, writesQueued: 0 })
  expect(database.gauges().connectionsIdle).toBeGreaterThan(0)
  await using holder = await bystander(place.dsn)
  await holder.query('begin')
  await holder.query('select from state_records where event_id = $1 for update', [held.eventId])
  const bytes = new Uint8Array(10_000)
  const saving = Promise.all([
    state.save(newRecord({ kind: 'held', bytes })),
    state.save(newRecord({ kind: 'held', bytes })),
  ])
  const busy = database.gauges()
  expect(busy.writesQueued).toBe(2)
  expect(busy.writeBytesQueued).toBeGreaterThanOrEqual(20_000)
  expect(busy.connectionsInUse).toBeGreaterThanOrEqual(1)
  await holder.query('rollback')
  await saving
  expect(database.gauges()).toMatchObject({ writesQueued: 0, writeBytesQueued: 0 })
  expect(await state.load(ann, 'held')).toBeDefined()
})

test('a database that is closed answers no ping, and its gauges are 0', async () => {
  const database = await openPostgres({ dsn: place.dsn })
  await database.close()
  expect(await failureOf(database.ping())).toMatchObject({ code: 'store_closed' })
  expect(Object.values(database.gauges()).every((value) => value === 0)).toBe(true)
})

test("the gauges of a closed database are 0, while the caller's pool goes on", async () => {
  const pool = new Pool({ connectionString: place.dsn, max: 1 })
  const database = await openPostgres({ pool })
  await database.ping(PATIENT)
  expect(database.gauges().connectionsIdle).toBe(1)
  await database.close()
  expect(pool.idleCount).toBe(1)
  expect(Object.values(database.gauges()).every((value) => value === 0)).toBe(true)
  await pool.end()
})

test.each([0, 1.5, 60_001, Number.NaN, '1'])('a time limit of %s is refused', async (timeoutMs) => {
  await using database = await openPostgres({ dsn: place.dsn })
  const options = { timeoutMs: timeoutMs as number }
  expect(await failureOf(database.ping(options))).toMatchObject({ code: 'invalid_record' })
})
