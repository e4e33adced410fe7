import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { openPostgres } from '@harborage/driver-postgres'
import { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failureOf } from '@harborage/test-kit/failure-of'
import { createDatabaseWithTables } from '@harborage/test-kit/postgres/database-with-tables'
import type { TestDatabase } from '@harborage/test-kit/postgres/test-database'

let database: TestDatabase

beforeAll(async () => {
  database = await createDatabaseWithTables()
})

afterAll(() => database.drop())

/** Returns an ErrorResponse as it is on the wire. */
function errorResponse(state: string, message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${state}\0M${message}\0\0`)
  const head = Buffer.alloc(5)
  head.write('E')
  head.writeInt32BE(fields.length + 4, 1)
  return Buffer.concat([head, fields])
}

/**
 * Opens a database on a server that refuses each connection with this error, and gives the failure.
 */
async function refusedWith(state: string, message: string) {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => socket.end(errorResponse(state, message)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const failure = await failureOf(openPostgres({ dsn: `postgres://app@127.0.0.1:${port}/app` }))
  server.close()
  return failure
}

describe('a rejected connection', () => {
  test.each([
    ['08P01', 'unsupported startup parameter: replication'],
    ['08P01', 'unsupported startup parameter in options: search_path'],
    ['08P01', 'unsupported frontend protocol 3.9: server supports 3.0 to 3.0'],
    ['08004', 'server rejected the connection'],
    ['57P04', 'terminating connection because the database was dropped'],
    ['55000', 'database "app" is not currently accepting connections'],
    ['28000', 'no pg_hba.conf entry'],
  ])('for good is not retryable: %s %s', async (state, message) => {
    const failure = await refusedWith(state, message)
    expect(failure).toMatchObject({ code: 'store_unavailable', retryable: false })
    expect(failure.message).toContain(state)
    expect(failure.message).not.toContain('call again')
  })

  test.each([
    ['08P01', 'no more connections allowed (max_client_conn)'],
    ['08P01', 'query_wait_timeout'],
    ['08P01', 'server login has been failing, try again later (server_login_retry)'],
    ['08P01', 'server conn crashed?'],
    ['08P01', 'the database is paused'],
    ['08006', 'connection failure'],
    ['57P01', 'terminating connection due to administrator command'],
    ['57P03', 'the database system is starting up'],
    ['53300', 'sorry, too many clients already'],
  ])('for a while is retryable: %s %s', async (state, message) => {
    expect(await refusedWith(state, message)).toMatchObject({
      code: 'store_unavailable',
      retryable: true,
    })
  })
})

test('a connection for replication is rejected permanently', async () => {
  const pool = new Pool({ connectionString: database.dsn, ...{ replication: 'database' } })
  pool.on('error', () => {})
  const opening = async () => {
    await using opened = await openPostgres({ pool })
    const { openStateStore } = await import('@harborage/state')
    await openStateStore({ database: opened })
  }
  expect(await failureOf(opening())).toMatchObject({ retryable: false })
  await pool.end()
})

test('a server without TLS is not a temporary failure of the network', async () => {
  const dsn = new URL(database.dsn)
  dsn.searchParams.set('sslmode', 'verify-full')
  expect(await failureOf(openPostgres({ dsn: dsn.href }))).toMatchObject({
    code: 'store_unavailable',
    retryable: false,
  })
})
