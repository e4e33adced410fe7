import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, chown, mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { freePort } from '../free-port.ts'
import { HANG_LIMIT_MS } from '../hang-limit.ts'
import { postgresBinaries, reachableBinaries } from './binaries.ts'
import { copyAsTemplate, DATA, makeDataDirectory } from './data-directory.ts'
import { unprivilegedUser, type UnprivilegedUser } from './unprivileged-user.ts'

const run = promisify(execFile)

export interface PostgresServerOptions {
  /** Server settings, such as `{ max_connections: 20 }`; they win over the ones set here. */
  readonly settings?: Readonly<Record<string, string | number>>
  /** The folder in which it gets its own. Default: that for temporary files. */
  readonly within?: string | undefined
  /** Whether later servers begin with a copy of its data directory as it is at first. */
  readonly isTemplate?: boolean
}

export interface PostgresServer {
  /** Of the superuser and the database `postgres`. */
  readonly dsn: string
  readonly port: number
  readonly dataDirectory: string
  /** Shuts the server down and keeps its data: `immediate` is a crash, `fast` an orderly end. */
  shutDown(mode: 'fast' | 'immediate'): Promise<void>
  /** Starts a server that was shut down, on the same port and data. */
  startAgain(): Promise<void>
  /** Stops the server for good and removes its folder. */
  stop(): Promise<void>
}

/** The facts that the guardian needs to clean up. */
export interface GuardedServer {
  readonly pgCtl: string
  readonly folder: string
  readonly dataDirectory: string
  readonly user: UnprivilegedUser | undefined
}

/**
 * Starts a PostgreSQL 18 of its own, on a free port and in a temporary folder. It is gone when the
 * process that called this is gone, however that ended.
 */
export async function startPostgresServer(
  options: PostgresServerOptions = {},
): Promise<PostgresServer> {
  const [installed, user, port] = await Promise.all([
    postgresBinaries(),
    unprivilegedUser(),
    freePort(),
  ])
  const folder = await mkdtemp(join(options.within ?? tmpdir(), 'harborage-postgres-'))
  const dataDirectory = join(folder, DATA)
  const log = join(folder, 'log')
  if (user) await chown(folder, user.uid, user.gid)
  const { initdb, pgCtl } = user ? await reachableBinaries(installed, user, folder) : installed
  const stop = guard({ pgCtl, folder, dataDirectory, user })

  const control = (...args: string[]): Promise<unknown> =>
    run(pgCtl, [...args, '-D', dataDirectory, '-w', ...hangLimit], { ...user, cwd: folder })

  const start = async (): Promise<void> => {
    try {
      await control('start', '-l', log)
    } catch (cause) {
      const lines = await readFile(log, 'utf8').catch(() => '(it wrote no log)')
      throw new Error(`PostgreSQL did not start. Its log:\n${lines}`, { cause })
    }
  }

  let password: string
  try {
    const making = { initdb, folder, user }
    password = await makeDataDirectory(making)
    if (options.isTemplate) await copyAsTemplate(making)
    await appendFile(
      join(dataDirectory, 'postgresql.conf'),
      settingsFile({ port, ...fixedSettings, ...options.settings }),
    )
    await start()
  } catch (error) {
    await stop()
    throw error
  }

  return {
    dsn: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    port,
    dataDirectory,
    shutDown: async (mode) => {
      await control('stop', '-m', mode)
    },
    startAgain: start,
    stop,
  }
}

const hangLimit = ['-t', String(HANG_LIMIT_MS / 1_000)]

const fixedSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: 200,
  log_statement: 'none',
  log_checkpoints: 'off',
  timezone: 'UTC',
}

function settingsFile(settings: Readonly<Record<string, string | number>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} = '${String(value).replaceAll("'", "''")}'\n`)
    .join('')
}

function guard(server: GuardedServer): () => Promise<void> {
  const script = join(import.meta.dirname, 'guardian.ts')
  const guardian = spawn(process.execPath, [script, JSON.stringify(server)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  guardian.unref()
  return async () => {
    if (guardian.exitCode !== null || guardian.signalCode !== null) return
    guardian.ref()
    guardian.stdin.end()
    await once(guardian, 'exit')
  }
}
