import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { type HarborageError, newEventId } from '@harborage/core'
import { diagnose, openPostgres, type PostgresConfig } from '@harborage/driver-postgres'
import { openStateStore } from '@harborage/state'
import { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failureOf } from '@harborage/test-kit/failure-of'
import { freePort } from '@harborage/test-kit/free-port'
import { createDatabaseWithTables } from '@harborage/test-kit/postgres/database-with-tables'
import type { TestDatabase } from '@harborage/test-kit/postgres/test-database'
import { inspected } from './support/inspected.ts'

const PASSWORD = 'Tr0ub4dor&3'

let database: TestDatabase

beforeAll(async () => {
  database = await createDatabaseWithTables()
})

afterAll(() => database.drop())

function dsnWith(change: (dsn: URL) => void): string {
  const dsn = new URL(database.dsn)
  change(dsn)
  return dsn.href
}

/**
 * Resolves to the failure of opening. Without a limit of its own, an opening that hangs ends with
 * the test.
 */
function openingFailure(config: PostgresConfig): Promise<HarborageError> {
  return failureOf(openPostgres(config))
}

describe('opening fails and shows no password, with', () => {
  test('a wrong password', async () => {
    const dsn = dsnWith((url) => {
      url.password = PASSWORD
    })
    const failure = await openingFailure({ dsn })
    expect(failure).toMatchObject({ code: 'store_unavailable', retryable: false })
    expect(failure.message).toContain('password')
    expect(inspected(failure)).not.toContain(PASSWORD)
    expect(inspected(failure)).not.toContain(encodeURIComponent(PASSWORD))
  })

  test('no password where one is needed', async () => {
    const dsn = dsnWith((url) => {
      url.password = ''
    })
    const failure = await openingFailure({ dsn })
    expect(failure).toMatchObject({ code: 'store_unavailable', retryable: false })
    expect(failure.message).toContain('asks for a password')
  })

  test('an unknown role', async () => {
    const dsn = dsnWith((url) => {
      url.username = 'nobody_of_that_name'
      url.password = PASSWORD
    })
    const failure = await openingFailure({ dsn })
    expect(failure).toMatchObject({ code: 'store_unavailable', retryable: false })
    expect(inspected(failure)).not.toContain(PASSWORD)
  })

  test('an unknown database', async () => {
    const dsn = dsnWith((url) => {
      url.pathname = '/harborage_absent'
    })
    const failure = await openingFailure({ dsn })
    expect(failure).toMatchObject({ code: 'store_unavailable', retryable: false })
    expect(failure.message).toContain('does not exist')
    expect(inspected(failure)).not.toContain(new URL(database.dsn).password)
  })

  test.for([
    'statement_timeout=abc',
    'options=-c%20lock_timeout%3Dabc',
    'options=-c%20nonsense%3D1',
  ])('a setting that the server does not accept: %s', async (option) => {
    const dsn = dsnWith((url) => {
      url.search = option
    })
    const failure = await openingFailure({ dsn })
    expect(failure).toMatchObject({ code: 'invalid_config', retryable: false })
    expect(failure.message).toContain('correct it or leave it out')
    expect(inspected(failure)).not.toContain(new URL(database.dsn).password)
    expect(await diagnose({ dsn })).toMatchObject([
      { name: 'dsn_option', grade: 'fails', message: failure.message },
    ])
  })

  test('a port without a server', async () => {
    const dsn = `postgres://app:${PASSWORD}@127.0.0.1:${await freePort()}/app`
    const failure = await openingFailure({ dsn })
    expect(failure).toMatchObject({ code: 'store_unavailable', retryable: true })
    expect(failure.message).toContain('ECONNREFUSED')
    expect(inspected(failure)).not.toContain(PASSWORD)
  })

  test('a host name that does not resolve', async () => {
    const dsn = `postgres://app:${PASSWORD}@database.invalid:5432/app`
    const failure = await openingFailure({ dsn, connectionTimeoutMs: 1_000 })
    expect(failure).toMatchObject({ code: 'store_unavailable', retryable: true })
    expect(inspected(failure)).not.toContain(PASSWORD)
  })

  test.for(['own pool', "a caller's pool without time limits"])(
    'an address that accepts the connection and never answers, on %s',
    async (whose) => {
      const blackHole = createServer().listen(0, '127.0.0.1')
      await once(blackHole, 'listening')
      const { port } = blackHole.address() as AddressInfo
      const dsn = `postgres://app:${PASSWORD}@127.0.0.1:${port}/app`
      const place = whose === 'own pool' ? { dsn } : { pool: new Pool({ connectionString: dsn }) }
      const failure = await openingFailure({ ...place, connectionTimeoutMs: 300 })
      blackHole.close()
      expect(failure).toMatchObject({ code: 'store_unavailable', retryable: true })
      expect(failure.message).toContain('300 ms')
      expect(inspected(failure)).not.toContain(PASSWORD)
    },
  )

  test('an address that hangs up at once', async () => {
    const rude = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
    await once(rude, 'listening')
    const { port } = rude.address() as AddressInfo
    const failure = await openingFailure({
      dsn: `postgres://app:${PASSWORD}@127.0.0.1:${port}/app`,
    })
    rude.close()
    expect(failure).toMatchObject({ code: 'store_unavailable', retryable: true })
    expect(inspected(failure)).not.toContain(PASSWORD)
  })

  test('something that is not Postgres', async () => {
    const other = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    await once(other.listen(0, '127.0.0.1'), 'listening')
    const { port } = other.address() as AddressInfo
    const failure = await openingFailure({
      dsn: `postgres://app:${PASSWORD}@127.0.0.1:${port}/app`,
      connectionTimeoutMs: 300,
    })
    other.close()
    expect(failure.code).toBe('store_unavailable')
    expect(inspected(failure)).not.toContain(PASSWORD)
  })

  test.for(['sslmode=verify-full', 'sslmode=require', 'sslmode=prefer', 'ssl=no-verify'])(
    'TLS asked of a server that has none, which is named: %s',
    async (query) => {
      const dsn = `${database.dsn}?${query}`
      const failure = await openingFailure({ dsn })
      expect(failure).toMatchObject({ code: 'store_unavailable', retryable: false })
      expect(failure.message).toContain('does not support TLS')
      expect(failure.message).toContain('sslmode=disable')
      const findings = await diagnose({ dsn })
      expect(findings).toMatchObject([{ name: 'unavailable', message: failure.message, cause: {} }])
      const { password } = new URL(database.dsn)
      expect(inspected(failure)).not.toContain(password)
      expect(inspected(findings[0]?.cause)).not.toContain(password)
    },
  )

  test('TLS asked of something that is not Postgres', async () => {
    const other = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    await once(other.listen(0, '127.0.0.1'), 'listening')
    const { port } = other.address() as AddressInfo
    const dsn = `postgres://app:${PASSWORD}@127.0.0.1:${port}/app?sslmode=verify-full`
    const failure = await openingFailure({ dsn })
    other.close()
    expect(failure).toMatchObject({ code: 'store_unavailable', retryable: false })
    expect(failure.message).toContain('not Postgres')
  })
})

describe('a pool of which every connection is in use', () => {
  const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }

  test('fails calls that wait for a connection, and works again once one is returned', async () => {
    const pool = new Pool({ connectionString: database.dsn, max: 1 })
    await pool.query('select 1')
    await using shared = await openPostgres({ pool, connectionTimeoutMs: 300 })
    await using state = await openStateStore({ database: shared })
    const held = await pool.connect()
    const record = { eventId: newEventId(), identity, kind: 'note', bytes: new Uint8Array() }
    for (const call of [() => state.load(identity, 'note'), () => state.save(record)]) {
      const failure = await failureOf(call())
      expect(failure).toMatchObject({ code: 'store_unavailable', retryable: true })
      expect(failure.message).toContain('raise max')
    }
    held.release()
    expect(await state.save(record)).toBe('saved')
    expect(pool.waitingCount).toBe(0)
    await state.close()
    await shared.close()
    await pool.end()
  })

  test('fails openPostgres, too', async () => {
    const pool = new Pool({ connectionString: database.dsn, max: 1 })
    const held = await pool.connect()
    const failure = await openingFailure({ pool, connectionTimeoutMs: 300 })
    expect(failure).toMatchObject({ code: 'store_unavailable', retryable: true })
    held.release()
    await pool.end()
  })

  test('that was ended by the caller is named as such', async () => {
    const pool = new Pool({ connectionString: database.dsn })
    await pool.end()
    const failure = await openingFailure({ pool })
    expect(failure).toMatchObject({ code: 'store_unavailable', retryable: false })
    expect(failure.message).toContain('the pool was ended')
    expect(await diagnose({ pool })).toMatchObject([
      { name: 'unavailable', message: failure.message, cause: {} },
    ])
  })
})
