import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { freePort } from '@harborage/test-kit/free-port'
import { HANG_LIMIT_MS } from '@harborage/test-kit/hang-limit'
import { earlierDatabase } from './support/earlier-records.ts'
import { postgresPlace, sqlitePlace } from './support/test-place.ts'
import type { Attempt } from './support/try-to-open.ts'

const newerSchema = `
  create table harbor_state_migrations (name text, timestamp text);
  insert into harbor_state_migrations values ('9999_from_the_future', '2099-01-01T00:00:00.000Z')`

/**
 * Makes the attempts in a process of its own, and returns what came of each once the process has
 * ended by itself.
 */
async function attemptInProcess(
  attempts: readonly Attempt[],
): Promise<{ outcomes: string[]; code: number | null }> {
  const script = join(import.meta.dirname, 'support/try-to-open.ts')
  const child = spawn(process.execPath, [script, JSON.stringify(attempts)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const outcomes: string[] = []
  createInterface({ input: child.stdout }).on('line', (line) => outcomes.push(line))
  // Something that is left open, such as a socket or a timer, keeps the process alive until this
  // kills it.
  const kill = setTimeout(() => child.kill('SIGKILL'), HANG_LIMIT_MS)
  await exited
  clearTimeout(kill)
  return { outcomes, code: child.exitCode }
}

test('a process that failed to open SQLite stores ends by itself', async () => {
  await using damaged = await sqlitePlace()
  await using newer = await sqlitePlace()
  await using earlier = await sqlitePlace()
  await using occupied = await sqlitePlace()
  await writeFile(damaged.dsn, 'this is no database, however long one looks at it'.repeat(100))
  await newer.runScript(newerSchema)
  await earlier.runScript(await earlierDatabase('sqlite'))
  await occupied.runScript('create table state_records (theirs text)')
  const { outcomes, code } = await attemptInProcess([
    { name: 'no folder', dsn: `sqlite:${join(dirname(damaged.dsn), 'absent/state.db')}` },
    { name: 'no database', dsn: `sqlite:${damaged.dsn}` },
    { name: 'too new', dsn: `sqlite:${newer.dsn}` },
    { name: 'outdated', dsn: `sqlite:${earlier.dsn}`, migrate: 'verify' },
    { name: 'occupied', dsn: `sqlite:${occupied.dsn}` },
  ])
  expect(outcomes).toEqual([
    'no folder: invalid_config',
    'no database: invalid_config',
    'too new: schema_too_new',
    'outdated: schema_outdated',
    'occupied: migration_failed',
  ])
  expect(code).toBe(0)
})

test('a process that failed to open Postgres stores ends by itself', async () => {
  await using newer = await postgresPlace()
  await using earlier = await postgresPlace()
  await using occupied = await postgresPlace()
  await newer.runScript(newerSchema)
  await earlier.runScript(await earlierDatabase('postgres'))
  await occupied.runScript('create table state_records (theirs text)')
  const refusing = `postgres://u:p@127.0.0.1:${await freePort()}/db`
  const wrongPassword = new URL(newer.dsn)
  wrongPassword.password = 'wrong'
  const noPassword = new URL(newer.dsn)
  noPassword.password = ''
  const unknownDatabase = new URL(newer.dsn)
  unknownDatabase.pathname = '/absent'
  const blackHole = createServer().listen(0, '127.0.0.1')
  await once(blackHole, 'listening')
  const silent = `postgres://u:p@127.0.0.1:${(blackHole.address() as AddressInfo).port}/db`
  const inTime = { connectionTimeoutMs: 300 }

  const { outcomes, code } = await attemptInProcess([
    { name: 'refused', dsn: refusing },
    { name: 'wrong password', dsn: wrongPassword.href },
    { name: 'no password', dsn: noPassword.href },
    { name: 'unknown database', dsn: unknownDatabase.href },
    { name: 'black hole', dsn: silent, options: inTime },
    { name: 'too new', dsn: newer.dsn },
    { name: 'outdated', dsn: earlier.dsn, migrate: 'verify' },
    { name: 'occupied', dsn: occupied.dsn },
    { name: 'refused to a pool', dsn: refusing, ownPool: true },
    { name: 'too new for a pool', dsn: newer.dsn, ownPool: true },
  ])
  blackHole.close()
  expect(outcomes).toEqual([
    'refused: store_unavailable',
    'wrong password: store_unavailable',
    'no password: store_unavailable',
    'unknown database: store_unavailable',
    'black hole: store_unavailable',
    'too new: schema_too_new',
    'outdated: schema_outdated',
    'occupied: migration_failed',
    'refused to a pool: store_unavailable',
    'too new for a pool: schema_too_new',
  ])
  expect(code).toBe(0)
})
