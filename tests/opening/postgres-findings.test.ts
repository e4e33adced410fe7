import { chown, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { newEventId } from '@harborage/core'
import { diagnose, openPostgres } from '@harborage/driver-postgres'
import { openStateStore } from '@harborage/state'
import { Client, Pool, type ClientConfig } from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { startPostgresServer, type PostgresServer } from '@harborage/test-kit/postgres/start-server'
import { failureOf } from '@harborage/test-kit/failure-of'
import { queryPostgres, runPostgresScript } from '@harborage/test-kit/postgres/query'

// A server of its own: it becomes a standby, and a server that was named for the tests may not let
// them make roles.
let server: PostgresServer

beforeAll(async () => {
  server = await startPostgresServer({ settings: { fsync: 'off' } })
})

afterAll(() => server.stop())

const ann = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }

function newRecord(
  kind = 'note',
): Parameters<Awaited<ReturnType<typeof openStateStore>>['save']>[0] {
  return { eventId: newEventId(), identity: ann, kind, bytes: new Uint8Array([1]) }
}

async function namesOf(config: Parameters<typeof diagnose>[0]): Promise<string[]> {
  return (await diagnose(config)).map(({ name }) => name)
}

test('a working database has no findings', async () => {
  expect(await diagnose({ dsn: server.dsn })).toEqual([])
})

describe('a client that corrupts saved data is rejected', () => {
  test('the native client of pg, by its type', async () => {
    class NativeClient extends Client {
      readonly native = {}
    }
    const pool = new Pool({ connectionString: server.dsn, Client: NativeClient })
    const failure = await failureOf(openPostgres({ pool }))
    expect(failure).toMatchObject({ code: 'invalid_config', retryable: false })
    expect(failure.message).toContain('NODE_PG_FORCE_NATIVE')
    expect(await namesOf({ pool })).toEqual(['native_client'])
    await pool.end()
  })

  test('any other client, by the bytes that it returns', async () => {
    // As libpq does with a Buffer that is bound as a text.
    class TextClient extends Client {
      constructor(config?: ClientConfig) {
        super(config)
        const send = this.query.bind(this) as (query: unknown, ...rest: unknown[]) => unknown
        Object.assign(this, {
          query: (query: object, ...rest: unknown[]) => send(spoiled(query), ...rest),
        })
      }
    }
    const pool = new Pool({ connectionString: server.dsn, Client: TextClient })
    const failure = await failureOf(openPostgres({ pool }))
    expect(failure).toMatchObject({ code: 'invalid_config', retryable: false })
    expect(failure.message).toContain('bytes do not come back')
    expect(await namesOf({ pool })).toEqual(['spoiled_bytes'])
    await pool.end()
  })
})

function spoiled(query: object): object {
  if (!('values' in query) || !Array.isArray(query.values)) return query
  const values = query.values.map((value: unknown) =>
    value instanceof Uint8Array
      ? `\\x${Buffer.from(Buffer.from(value).toString()).toString('hex')}`
      : value,
  )
  return Object.assign(query, { values })
}

test('a client that other code left inside a transaction is found by diagnose, which lets go of it', async () => {
  const pool = new Pool({ connectionString: server.dsn, max: 1 })
  const client = await pool.connect()
  await client.query('begin')
  client.release()
  const [finding, ...others] = await diagnose({ pool })
  expect(finding).toMatchObject({ name: 'open_transaction', grade: 'slows' })
  expect(finding?.message).toContain('COMMIT or ROLLBACK')
  expect(others).toEqual([])
  expect(await namesOf({ pool })).toEqual([])
  await pool.end()
})

test('a connection with another encoding is rejected', async () => {
  const pool = new Pool({ connectionString: server.dsn, max: 1 })
  const client = await pool.connect()
  await client.query(`set client_encoding = 'LATIN1'`)
  client.release()
  const failure = await failureOf(openPostgres({ pool }))
  expect(failure.code).toBe('invalid_config')
  expect(failure.message).toContain('LATIN1')
  await pool.end()
})

describe('a role that may have two connections', () => {
  let dsn: string

  beforeAll(async () => {
    await runPostgresScript(
      server.dsn,
      `create role few login password 'few' connection limit 2; create schema few authorization few`,
    )
    const url = new URL(server.dsn)
    url.username = 'few'
    url.password = 'few'
    dsn = url.href
  })

  test('is reported by diagnose, and not rejected', async () => {
    const findings = await diagnose({ dsn, schema: 'few' })
    expect(findings).toMatchObject([{ name: 'connection_limit', grade: 'slows' }])
    expect(findings[0]?.message).toContain('2 connections')
    expect(await diagnose({ dsn, schema: 'few', max: 2 })).toEqual([])
  })

  test('is named by calls that get no connection', async () => {
    await using database = await openPostgres({
      dsn,
      schema: 'few',
      connectionTimeoutMs: 500,
      retryTimeoutMs: 100,
    })
    await using state = await openStateStore({ database })
    await state.save(newRecord())
    const blocker = new Client({ connectionString: server.dsn })
    await blocker.connect()
    await blocker.query('begin')
    await blocker.query('lock table few.state_records in access exclusive mode')
    const commits = Array.from({ length: 30 }, (_, index) => {
      const record = newRecord(`k${index}`)
      const expected = { identity: ann, kind: record.kind, eventId: null }
      return state.commit({ expect: [expected], save: [record] })
    })
    // Two have a connection and wait for the lock. The others get no connection.
    const others = commits.map((commit) =>
      commit.then(
        () => undefined,
        (error: unknown) => error,
      ),
    )
    const failed = await firstOf(28, others)
    await blocker.end()
    await Promise.all(others)
    for (const failure of failed) {
      expect(failure).toMatchObject({ code: 'store_unavailable', retryable: true })
      expect(failure.message).toContain('ALTER ROLE ... CONNECTION LIMIT')
      expect(failure.message).not.toContain('raise max')
    }
  })
})

/** Returns the first `count` of the errors. */
async function firstOf(count: number, errors: readonly Promise<unknown>[]): Promise<Error[]> {
  const failed: Error[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  for (const error of errors) {
    void error.then((failure) => {
      if (failure instanceof Error) failed.push(failure)
      if (failed.length === count) resolve()
    })
  }
  await promise
  return failed
}

describe('what an administrator keeps up is reported by diagnose, and not rejected', () => {
  test('a clock that differs from that of the server', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 })
    try {
      const findings = await diagnose({ dsn: server.dsn })
      expect(findings).toMatchObject([{ name: 'clock_skew', grade: 'fails' }])
      expect(findings[0]?.message).toMatch(/differ by (?:59|60) s/)
      await using _ = await openPostgres({ dsn: server.dsn })
    } finally {
      vi.useRealTimers()
    }
  })

  test('fewer connections of the server than all processes want', async () => {
    const findings = await diagnose({ dsn: server.dsn, max: 1_000 })
    expect(findings).toMatchObject([{ name: 'server_connections', grade: 'slows' }])
  })

  test('a large table without statistics', async () => {
    await runPostgresScript(server.dsn, 'create schema large')
    await using database = await openPostgres({ dsn: server.dsn, schema: 'large' })
    await using _ = await openStateStore({ database })
    await runPostgresScript(
      server.dsn,
      `alter table large.state_records set (autovacuum_enabled = false);
      insert into large.state_records (tenant_id, user_id, session_id, run_id, kind, event_id, version, updated_at, event_trail, bytes)
        select 'acme', 'ann', 's1', '', 'k' || n, 'e' || n, 0, 0, '', '' from generate_series(1, 10001) n;
      select pg_stat_force_next_flush()`,
    )
    const found = await diagnose({ dsn: server.dsn, schema: 'large' })
    expect(found).toMatchObject([{ name: 'unanalyzed_tables', grade: 'slows' }])
    expect(found[0]?.message).toContain('state_records')
    await runPostgresScript(server.dsn, 'analyze large.state_records, large.state_kinds')
    expect(await diagnose({ dsn: server.dsn, schema: 'large' })).toEqual([])
  })
})

describe('a server in recovery', () => {
  test('is named as such by diagnose, by opening, and by calls of a store that was open before', async () => {
    await using database = await openPostgres({ dsn: server.dsn, retryTimeoutMs: 100 })
    await using state = await openStateStore({ database })
    const held = newRecord()
    await state.save(held)
    await becomeStandby()

    expect(await diagnose({ dsn: server.dsn })).toMatchObject([
      { name: 'in_recovery', grade: 'fails', mayPass: true },
    ])
    const expected = { identity: ann, kind: 'absent', eventId: null }
    for (const call of [
      () => openPostgres({ dsn: server.dsn }),
      () => state.save(newRecord()),
      () => state.commit({ save: [newRecord('a'), newRecord('b')] }),
      () => state.commit({ expect: [expected], save: [newRecord()] }),
      () => state.delete(ann, held.kind),
    ]) {
      const failure = await failureOf(call())
      expect(failure).toMatchObject({ code: 'store_unavailable', retryable: true })
      expect(failure.message).toContain('in recovery')
      expect(failure.message).not.toContain('prepared statement')
    }
    expect(await state.load(ann, held.kind)).toMatchObject({ eventId: held.eventId })

    await queryPostgres(server.dsn, 'select pg_promote()')
    expect(await state.save(newRecord())).toBe('saved')
    expect(await diagnose({ dsn: server.dsn })).toEqual([])
  })

  async function becomeStandby(): Promise<void> {
    await server.shutDown('fast')
    const signal = join(server.dataDirectory, 'standby.signal')
    await writeFile(signal, '')
    const { uid, gid } = await stat(server.dataDirectory)
    await chown(signal, uid, gid)
    await server.startAgain()
  }
})
