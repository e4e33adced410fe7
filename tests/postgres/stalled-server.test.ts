import { openPostgres } from '@harborage/driver-postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { failureOf } from '../support/failure-of.ts'
import { createDatabase, type TestDatabase } from '../support/postgres-database.ts'
import { RemoteStore } from './support/remote-store.ts'
import { TcpProxy } from '../support/tcp-proxy.ts'
import { ann, newRecord, openOwnStore } from './support/test-store.ts'

/** What the clock of a busy machine may add to a time limit. */
const SLACK_MS = 2_500

// Long enough to open in on a busy machine.
const inTime = { connectionTimeoutMs: 1_500, queryTimeoutMs: 1_000, retryTimeoutMs: 0 }
const LONGEST_MS = inTime.connectionTimeoutMs + inTime.queryTimeoutMs

let database: TestDatabase

beforeAll(async () => {
  database = await createDatabase()
})

afterAll(() => database.drop())

test('a server that stops answering in the middle of a call is given up in time', async () => {
  await using proxy = await TcpProxy.start(database.dsn)
  await using own = await openOwnStore({ dsn: proxy.dsn, ...inTime })
  proxy.stall()
  const began = performance.now()
  const failures = await Promise.all([
    failureOf(own.state.load(ann, 'note')),
    failureOf(own.state.save(newRecord())),
    failureOf(own.state.commit({ save: [newRecord({ kind: 'other' })] })),
  ])
  expect(performance.now() - began).toBeLessThan(LONGEST_MS + SLACK_MS)
  const [load, ...writes] = failures.map(({ code }) => code)
  expect(load).toBe('store_unavailable')
  // Whether a write was sent before the server fell silent depends on whether it needed a new connection for it.
  expect(['store_unavailable', 'outcome_unknown']).toEqual(expect.arrayContaining(writes))
  expect(failures.map(({ retryable }) => retryable)).toEqual([true, true, true])
  const password = new URL(database.dsn).password
  for (const failure of failures) expect(String(failure.stack)).not.toContain(password)
})

test('a write whose answer never comes has an unknown outcome', async () => {
  await using proxy = await TcpProxy.start(database.dsn)
  await using own = await openOwnStore({ dsn: proxy.dsn, ...inTime })
  const record = newRecord({ kind: 'swallowed' })
  const swallowed = proxy.failOnce(record.kind, 'swallow the answer')
  expect(await failureOf(own.state.save(record))).toMatchObject({
    code: 'outcome_unknown',
    retryable: true,
  })
  await swallowed
  expect(await own.state.save(record)).toBe('unchanged')
})

test('a call that may try again finds another connection and its own record', async () => {
  await using proxy = await TcpProxy.start(database.dsn)
  await using own = await openOwnStore({ dsn: proxy.dsn, ...inTime, retryTimeoutMs: 5_000 })
  const record = newRecord({ kind: 'ridden through' })
  const swallowed = proxy.failOnce(record.kind, 'swallow the answer')
  expect(await own.state.save(record)).toBe('unchanged')
  await swallowed
})

test('a server that falls silent after the login fails the opening in time', async () => {
  await using proxy = await TcpProxy.start(database.dsn)
  const silenced = proxy.failOnce('server_version_num', 'swallow the answer')
  const began = performance.now()
  const failure = await failureOf(openPostgres({ dsn: proxy.dsn, ...inTime }))
  await silenced
  expect(performance.now() - began).toBeLessThan(LONGEST_MS + SLACK_MS)
  expect(failure).toMatchObject({ code: 'store_unavailable', retryable: true })
})

test('a process whose server stopped answering closes its store and ends by itself', async () => {
  await using proxy = await TcpProxy.start(database.dsn)
  await using store = await RemoteStore.open({ dsn: proxy.dsn, options: inTime })
  await store.call('save', 'one', 'two', 'three')
  proxy.stall()
  // Closing waits up to five seconds for the server to take its leave.
  expect(await store.call('close')).toEqual({})
  expect(await store.end(2_000)).toBe(0)
})
