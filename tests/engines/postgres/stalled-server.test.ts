import { openPostgres } from '@harborage/driver-postgres'
import { Pool } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { failureOf } from '@harborage/test-kit/failure-of'
import { HANG_LIMIT_MS } from '@harborage/test-kit/hang-limit'
import { bystander } from '@harborage/test-kit/postgres/backends'
import { createDatabaseWithTables } from '@harborage/test-kit/postgres/database-with-tables'
import type { TestDatabase } from '@harborage/test-kit/postgres/test-database'
import { RemoteStore } from './support/remote-store.ts'
import { TcpProxy } from '@harborage/test-kit/postgres/tcp-proxy'
import { ann, newRecord, openInTime, openOwnStore } from './support/test-store.ts'

/** A thousand times the duration of a call, so that only a silent server exceeds it. */
const inTime = { connectionTimeoutMs: 3_000, queryTimeoutMs: 3_000, retryTimeoutMs: 0 }

let database: TestDatabase

beforeAll(async () => {
  database = await createDatabaseWithTables()
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

test.concurrent.for([
  ['on its own pool', {}, 'queryTimeoutMs (500 ms)'],
  ['without prepared statements', { preparedStatements: false }, 'queryTimeoutMs (500 ms)'],
  ["on a caller's pool with a shorter limit", { query_timeout: 400 }, 'query_timeout of the pool'],
] as const)(
  'a call on rows that another transaction keeps locked names the limit and what to look at, %s',
  async ([, options, limit]) => {
    const limits = { queryTimeoutMs: 500, retryTimeoutMs: 0 }
    const pool =
      'query_timeout' in options
        ? new Pool({ connectionString: database.dsn, ...options })
        : undefined
    const place = pool === undefined ? { dsn: database.dsn, ...options } : { pool }
    await using own = await openInTime({ ...place, ...limits })
    const held = newRecord({ kind: `held, ${limit} ${'preparedStatements' in options}` })
    await own.state.save(held)
    await using holder = await bystander(database.dsn)
    await holder.query('begin')
    await holder.query('select from state_records where event_id = $1 for update', [held.eventId])
    const expected = [{ identity: ann, kind: held.kind, eventId: held.eventId }]
    const save = [newRecord({ kind: held.kind })]
    const failure = await failureOf(own.state.commit({ expect: expected, save }))
    expect(failure).toMatchObject({ code: 'store_unavailable', retryable: true })
    expect(failure.message).toContain(`did not answer within ${limit}: look in pg_locks`)
    expect(failure.message).not.toContain('lost')
    const saving = await failureOf(own.state.save(newRecord({ kind: held.kind })))
    expect(saving).toMatchObject({ code: 'outcome_unknown', cause: { message: failure.message } })
    await holder.query('rollback')
    await pool?.end()
  },
)

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
