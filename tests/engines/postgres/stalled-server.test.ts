import { openPostgres } from '@harborage/driver-postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { failureOf } from '@harborage/test-kit/failure-of'
import { HANG_LIMIT_MS } from '@harborage/test-kit/hang-limit'
import { createDatabase, type TestDatabase } from '@harborage/test-kit/postgres/test-database'
import { RemoteStore } from './support/remote-store.ts'
import { TcpProxy } from '@harborage/test-kit/postgres/tcp-proxy'
import { ann, newRecord, openInTime, openOwnStore } from './support/test-store.ts'

/** A thousand times the duration of a call, so that only a silent server exceeds it. */
const inTime = { connectionTimeoutMs: 3_000, queryTimeoutMs: 3_000, retryTimeoutMs: 0 }

let database: TestDatabase

beforeAll(async () => {
  database = await createDatabase()
  // The tables are created before any call has a short timeout.
  await (await openOwnStore({ dsn: database.dsn }))[Symbol.asyncDispose]()
})

afterAll(() => database.drop())

test.concurrent('a server that stops answering in the middle of a call is given up', async () => {
  await using proxy = await TcpProxy.start(database.dsn)
  await using own = await openInTime({ dsn: proxy.dsn, ...inTime })
  proxy.stall()
  const failures = await Promise.all([
    failureOf(own.state.load(ann, 'note')),
    failureOf(own.state.save(newRecord())),
    failureOf(own.state.commit({ save: [newRecord({ kind: 'other' })] })),
  ])
  const [load, ...writes] = failures.map(({ code }) => code)
  expect(load).toBe('store_unavailable')
  // Whether a write was sent before the server fell silent depends on whether it needed a new
  // connection for it.
  expect(['store_unavailable', 'outcome_unknown']).toEqual(expect.arrayContaining(writes))
  expect(failures.map(({ retryable }) => retryable)).toEqual([true, true, true])
  const password = new URL(database.dsn).password
  for (const failure of failures) expect(String(failure.stack)).not.toContain(password)
})

test.concurrent('a write whose answer never comes has an unknown outcome', async () => {
  await using proxy = await TcpProxy.start(database.dsn)
  await using own = await openInTime({ dsn: proxy.dsn, ...inTime })
  const record = newRecord({ kind: 'swallowed' })
  const swallowed = proxy.failOnce(record.kind, 'swallow the answer')
  expect(await failureOf(own.state.save(record))).toMatchObject({
    code: 'outcome_unknown',
    retryable: true,
  })
  await swallowed
  expect(await own.state.save(record)).toBe('unchanged')
})

test.concurrent('a call that may try again finds another connection and its own record', async () => {
  await using proxy = await TcpProxy.start(database.dsn)
  await using own = await openInTime({
    dsn: proxy.dsn,
    ...inTime,
    retryTimeoutMs: HANG_LIMIT_MS,
  })
  const record = newRecord({ kind: 'ridden through' })
  const swallowed = proxy.failOnce(record.kind, 'swallow the answer')
  expect(await own.state.save(record)).toBe('unchanged')
  await swallowed
})

test.concurrent('a server that falls silent after the login fails the opening', async () => {
  await using proxy = await TcpProxy.start(database.dsn)
  const silenced = proxy.failOnce('server_version_num', 'swallow the answer')
  const failure = await failureOf(openPostgres({ dsn: proxy.dsn, ...inTime }))
  await silenced
  expect(failure).toMatchObject({ code: 'store_unavailable', retryable: true })
})

test.concurrent('a process whose server stopped answering closes its store and ends by itself', async () => {
  await using proxy = await TcpProxy.start(database.dsn)
  await using store = await RemoteStore.open({ dsn: proxy.dsn })
  await store.call('save', 'one', 'two', 'three')
  proxy.stall()
  // Closing waits up to five seconds for the server to take its leave.
  expect(await store.call('close')).toEqual({})
  expect(await store.end()).toBe(0)
})
