import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'

import type { PostgresServer } from '../../support/embedded-postgres.ts'
import { queryPostgres } from '../../support/query-postgres.ts'

const run = promisify(execFile)

/** Something that happens to a server under load. When it resolves the server is there again. */
export type Crash = (server: PostgresServer, dsn: string) => Promise<void>

/** In the order in which the rounds take them. */
export const crashes: readonly Crash[] = [stopAtOnce, endBackends, killBackend, killPostmaster]

async function stopAtOnce(server: PostgresServer): Promise<void> {
  await server.shutDown('immediate')
  await server.startAgain()
}

async function endBackends(_server: PostgresServer, dsn: string): Promise<void> {
  await queryPostgres(
    dsn,
    `select pg_terminate_backend(pid, 5000) from pg_stat_activity
     where datname = current_database() and application_name = 'harborage'`,
  )
}

/** The postmaster takes the death of a backend for damage to the shared memory, and starts all of them anew. */
async function killBackend(server: PostgresServer, dsn: string): Promise<void> {
  const before = await startOf(server.dsn)
  const [backend] = await queryPostgres<{ pid: number }>(
    dsn,
    `select pid from pg_stat_activity
     where datname = current_database() and application_name = 'harborage' order by random() limit 1`,
  )
  if (backend === undefined) throw new Error('there is no backend to kill')
  // It may have ended by itself in between.
  if (!kill(backend.pid)) return
  await until(async () => (await startOf(server.dsn)) !== before)
}

async function killPostmaster(server: PostgresServer): Promise<void> {
  const file = await readFile(join(server.dataDirectory, 'postmaster.pid'), 'utf8')
  const postmaster = Number.parseInt(file, 10)
  const children = await childrenOf(postmaster)
  kill(postmaster)
  // A new postmaster refuses to start beside processes of the old one.
  await until(async () => [postmaster, ...children].every((pid) => !isAlive(pid)))
  await server.startAgain()
}

/** When the server last recovered or started: what its shared memory began with. */
async function startOf(dsn: string): Promise<string> {
  const [row] = await queryPostgres<{ at: string }>(
    dsn,
    `select min(backend_start)::text as at from pg_stat_activity where backend_type = 'checkpointer'`,
  ).catch(() => [])
  // While it recovers it answers nobody, and that is no new start.
  if (row === undefined) {
    await delay(10)
    return startOf(dsn)
  }
  return row.at
}

async function childrenOf(pid: number): Promise<number[]> {
  const { stdout } = await run('ps', ['-o', 'pid=', '--ppid', String(pid)])
  return stdout.trim().split('\n').map(Number)
}

function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL')
  } catch {
    return false
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await delay(5)
}
