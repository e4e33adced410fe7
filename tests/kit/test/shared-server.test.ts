import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

import { Client } from 'pg'
import { expect, inject, test, vi } from 'vitest'

import { startPostgresServer, type PostgresServer } from '@harborage/test-kit/postgres/start-server'
import { HANG_LIMIT_MS } from '@harborage/test-kit/hang-limit'
import { createDatabase } from '@harborage/test-kit/postgres/test-database'

async function ask(dsn: string, sql: string): Promise<unknown> {
  const client = new Client({ connectionString: dsn, connectionTimeoutMillis: HANG_LIMIT_MS })
  await client.connect()
  try {
    const { rows } = await client.query<{ answer: unknown }>(sql)
    return rows[0]?.answer
  } finally {
    await client.end()
  }
}

test('the run has one real PostgreSQL server', async () => {
  await expect(ask(inject('postgresServer'), 'select 1 as answer')).resolves.toBe(1)
})

test('its texts do not compare by bytes unless a column asks for it', async () => {
  const server = inject('postgresServer')
  await expect(ask(server, `select 'a' < 'B' as answer`)).resolves.toBe(true)
  await expect(ask(server, `select 'a' < 'B' collate "C" as answer`)).resolves.toBe(false)
})

test('a test database is fresh, has a name of its own, and can be dropped', async () => {
  const [one, other] = await Promise.all([createDatabase(), createDatabase()])
  expect(one.dsn).not.toBe(other.dsn)
  await ask(one.dsn, 'create table t (x int)')
  await ask(other.dsn, 'create table t (x int)')
  await Promise.all([one.drop(), other.drop()])
  await expect(ask(one.dsn, 'select 1 as answer')).rejects.toThrow('does not exist')
})

test('a private server takes settings, survives a crash with its data, and leaves nothing', async () => {
  const server = await startPostgresServer({ settings: { max_connections: 17 } })
  await expect(
    ask(server.dsn, "select current_setting('max_connections') as answer"),
  ).resolves.toBe('17')
  await expect(ask(server.dsn, "select current_setting('fsync') as answer")).resolves.toBe('on')
  await ask(server.dsn, 'create table kept as select 42 as x')

  await server.shutDown('immediate')
  await expect(ask(server.dsn, 'select 1 as answer')).rejects.toThrow('ECONNREFUSED')
  await server.startAgain()
  await expect(ask(server.dsn, 'select x as answer from kept')).resolves.toBe(42)

  await server.stop()
  await expect(access(server.dataDirectory)).rejects.toThrow('ENOENT')
})

test('a private server is gone soon after its process was killed', async () => {
  const owner = spawn(process.execPath, [join(import.meta.dirname, 'start-and-wait.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: owner.stdout })
  const [line] = (await once(lines, 'line')) as [string]
  const { dsn, dataDirectory } = JSON.parse(line) as PostgresServer
  await expect(ask(dsn, 'select 1 as answer')).resolves.toBe(1)

  owner.kill('SIGKILL')
  await vi.waitFor(() => expect(access(dataDirectory)).rejects.toThrow('ENOENT'), HANG_LIMIT_MS)
  await expect(ask(dsn, 'select 1 as answer')).rejects.toThrow('ECONNREFUSED')
})
