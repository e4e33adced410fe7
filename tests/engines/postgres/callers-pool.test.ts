import type { EventEmitter } from 'node:events'
import { openPostgres } from '@harborage/driver-postgres'
import { openStateStore } from '@harborage/state'
import { Client, Pool, type PoolClient, type PoolConfig } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failureOf } from '@harborage/test-kit/failure-of'
import { createDatabase, type TestDatabase } from '@harborage/test-kit/postgres/test-database'
import { ann, newRecord, session } from './support/test-store.ts'
import { deleteSession } from '@harborage/test-kit/delete-session'

let database: TestDatabase

beforeAll(async () => {
  database = await createDatabase()
})

afterAll(() => database.drop())

/**
 * Returns a pool that ignores errors: the database may be dropped while a connection is closing.
 */
function newPool(options: PoolConfig): Pool {
  const pool = new Pool({ connectionString: database.dsn, ...options })
  return pool.on('connect', (client) => client.on('error', () => {}))
}

function listenersOf(emitter: EventEmitter): Record<string, number> {
  return Object.fromEntries(
    emitter.eventNames().map((event) => [String(event), emitter.listenerCount(event)]),
  )
}

test("a caller's pool stays open and gets its listeners back, and so do its clients", async () => {
  const pool = newPool({ max: 1 })
  const clients = new Set<PoolClient>()
  pool.on('connect', (client) => clients.add(client))
  await pool.query('select 1')
  const [client] = clients
  if (client === undefined) throw new Error('the pool has a client')
  const before = [listenersOf(pool), listenersOf(client)]
  for (let round = 0; round < 12; round += 1) {
    const shared = await openPostgres({ pool })
    const state = await openStateStore({ database: shared })
    await state.commit({ save: [newRecord({ kind: `round ${round}` })] })
    await state.close()
    expect((await failureOf(state.load(ann, 'note'))).code).toBe('store_closed')
    await shared.close()
  }
  expect([listenersOf(pool), listenersOf(client)]).toEqual(before)
  expect(clients.size).toBe(1)
  await expect(pool.query('select 1 as one')).resolves.toMatchObject({ rows: [{ one: 1 }] })
  await pool.end()
})

test("many databases on one caller's pool add one listener, which the last of them removes", async () => {
  const pool = newPool({ max: 1 })
  const before = listenersOf(pool)
  const opened = await Promise.all(Array.from({ length: 20 }, () => openPostgres({ pool })))
  expect(pool.listenerCount('error')).toBe((before['error'] ?? 0) + 1)
  const [first, ...others] = opened
  for (const each of others) await each.close()
  expect(pool.listenerCount('error')).toBe((before['error'] ?? 0) + 1)
  await first?.close()
  await first?.close()
  expect(listenersOf(pool)).toEqual(before)
  await pool.end()
})

test('two schemas may share the connections of one pool', async () => {
  const pool = newPool({ max: 1 })
  const [left, right] = [
    await openPostgres({ pool, schema: 'left' }),
    await openPostgres({ pool, schema: 'right' }),
  ]
  const [one, other] = await Promise.all([
    openStateStore({ database: left }),
    openStateStore({ database: right }),
  ])
  const record = newRecord()
  expect(await one.save(record)).toBe('saved')
  expect(await other.load(ann, record.kind)).toBeUndefined()
  expect(await other.save({ ...record, version: 9 })).toBe('saved')
  expect((await one.load(ann, record.kind))?.version).toBe(0)
  for (const store of [one, other, left, right]) await store.close()
  await pool.end()
})

test("an answer that the caller's pool does not wait for leaves the outcome unknown, and no connection in use", async () => {
  // A thousand times the duration of a call, so that only waiting for a lock exceeds it.
  const pool = newPool({ query_timeout: 3_000, max: 2 })
  const shared = await openPostgres({ pool, retryTimeoutMs: 0 })
  const state = await openStateStore({ database: shared })
  const held = newRecord({ kind: 'locked for long' })
  await state.save(held)
  const other = new Client({ connectionString: database.dsn })
  await other.connect()
  await other.query('begin')
  await other.query('select from state_records where kind = $1 for update', [held.kind])
  const late = newRecord({ kind: held.kind })
  const calls = [state.save(late), state.delete(ann, held.kind)]
  const failures = await Promise.all(calls.map((call) => failureOf(call)))
  expect(failures.map(({ code }) => code)).toEqual(['outcome_unknown', 'outcome_unknown'])
  await other.end()
  expect(pool.totalCount).toBeLessThan(2)
  expect(await state.load(ann, 'absent')).toBeUndefined()
  await state.close()
  await shared.close()
  await pool.end()
})

test("a caller's pool that reads the binary format is refused: pg spoils bytes in it", async () => {
  const options: PoolConfig & { binary: boolean } = { binary: true }
  const pool = newPool(options)
  const failure = await failureOf(openPostgres({ pool }))
  expect(failure.code).toBe('invalid_config')
  expect(failure.message).toContain('binary')
  await pool.end()
})

describe('a client that other code released within a transaction', () => {
  const ways: readonly { readonly how: string; readonly leave: (client: PoolClient) => unknown }[] =
    [
      { how: 'after BEGIN', leave: (client) => client.query('begin') },
      {
        how: 'after a statement that failed in it',
        leave: async (client) => {
          await client.query('begin')
          await client.query('select 1 / 0').catch(() => {})
        },
      },
      {
        how: 'before BEGIN was answered',
        leave: (client) => void client.query('begin').catch(() => {}),
      },
    ]

  test.each(ways)('takes no write with it: $how', async ({ leave }) => {
    const pool = newPool({ max: 1 })
    const shared = await openPostgres({ pool })
    const state = await openStateStore({ database: shared })
    const leaveOpen = async (): Promise<PoolClient> => {
      const client = await pool.connect()
      await leave(client)
      client.release()
      return client
    }
    const single = newRecord({ kind: 'single' })
    const several = ['one', 'other'].map((kind) =>
      newRecord({ kind, bytes: new Uint8Array(9_000) }),
    )
    const left = await leaveOpen()
    expect(await state.save(single)).toBe('saved')
    await left.query('rollback').catch(() => {})
    expect((await state.load(ann, 'single'))?.eventId).toBe(single.eventId)
    const leftAgain = await leaveOpen()
    expect((await state.commit({ save: several })).save).toEqual(['saved', 'saved'])
    await leftAgain.query('rollback').catch(() => {})
    await leaveOpen()
    const kinds: string[] = []
    for await (const { kind } of state.list(ann, 'o')) kinds.push(kind)
    expect(kinds).toEqual(['one', 'other'])
    // A connection that the store returns is idle.
    const client = await pool.connect()
    expect(client.getTransactionStatus()).toBe('I')
    client.release()
    await deleteSession(state, session)
    await state.close()
    await shared.close()
    await pool.end()
  })
})
