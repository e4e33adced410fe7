import { execFile } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'

import type { PostgresServer } from '@harborage/test-kit/postgres/start-server'
import { queryPostgres } from '@harborage/test-kit/postgres/query'

const run = promisify(execFile)

/** Crashes a server under load. Resolves once the server is available again. */
export type Crash = (server: PostgresServer, dsn: string) => Promise<void>

/** In the order in which the rounds take them. */
export const crashes: readonly Crash[] = [
  stopAtOnce,
  endBackends,
  killBackend,
  killPostmaster,
  endBackends,
  killBackend,
]

async function stopAtOnce(server: PostgresServer): Promise<void> {
  await server.shutDown('immediate')
  await server.startAgain()
}

export async function endBackends(_server: PostgresServer, dsn: string): Promise<void> {
  await queryPostgres(
    dsn,
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and application_name = 'harborage'`,
  )
}

/**
 * Kills a backend once there is one. The postmaster assumes that the shared memory is damaged, and
 * restarts all backends.
 */
export async function killBackend(server: PostgresServer, dsn: string): Promise<void> {
  const before = await startOf(server.dsn)
  let pid = await backendOf(dsn)
  for (; pid === undefined; pid = await backendOf(dsn)) await delay(5)
  // It may have ended by itself in between.
  if (!kill(pid)) return
  await until(async () => (await startOf(server.dsn)) !== before)
}

/** Resolves to a random backend of the stores, or to `undefined` if there is none now. */
async function backendOf(dsn: string): Promise<number | undefined> {
  const [backend] = await queryPostgres<{ pid: number }>(
    dsn,
    `select pid from pg_stat_activity
     where datname = current_database() and application_name = 'harborage' order by random() limit 1`,
  )
  return backend?.pid
}

async function killPostmaster(server: PostgresServer): Promise<void> {
  const lockFile = join(server.dataDirectory, 'postmaster.pid')
  const postmaster = Number.parseInt(await readFile(lockFile, 'utf8'), 10)
  const processes = [postmaster, ...(await running('--ppid', postmaster))]
  kill(postmaster)
  // A new postmaster refuses to start beside processes of the old one.
  await until(async () => (await running('-p', ...processes)).length === 0)
  // It has ended, but Postgres considers it alive until its parent has collected its status.
  await rm(lockFile)
  await server.startAgain()
}

/** When the server last recovered or started: what its shared memory began with. */
async function startOf(dsn: string): Promise<string> {
  const [row] = await queryPostgres<{ at: string }>(
    dsn,
    `select min(backend_start)::text as at from pg_stat_activity where backend_type = 'checkpointer'`,
  ).catch(() => [])
  // While it recovers it answers no client, which does not count as a new start.
  if (row === undefined) {
    await delay(10)
    return startOf(dsn)
  }
  return row.at
}

/**
 * Resolves to the processes of a choice that run, which those that are dead and not yet buried do
 * not.
 */
async function running(choice: '-p' | '--ppid', ...pids: readonly number[]): Promise<number[]> {
  // ps fails where it finds none.
  const { stdout } = await run('ps', ['-o', 'pid=,stat=', choice, pids.join(',')]).catch(() => ({
    stdout: '',
  }))
  const lines = stdout.split('\n').map((line) => line.trim().split(/ +/))
  return lines.filter(([pid, state]) => pid && !state?.startsWith('Z')).map(([pid]) => Number(pid))
}

function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL')
  } catch {
    return false
  }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await delay(5)
}
