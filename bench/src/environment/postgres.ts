import { setTimeout as delay } from 'node:timers/promises'

import pg from 'pg'

import { startPostgresServer } from '../../../tests/kit/src/postgres/start-server.ts'

export interface BenchServer {
  readonly version: string
  readonly settings: Readonly<Record<string, string>>
  newDatabase(): Promise<string>
  dropDatabase(dsn: string): Promise<void>
  stop(): Promise<void>
}

const SETTINGS = ['fsync', 'synchronous_commit', 'shared_buffers'] as const

/** Connects to the server in HARBORAGE_BENCH_POSTGRES, or starts one with default settings. */
export async function openServer(): Promise<BenchServer> {
  const named = process.env['HARBORAGE_BENCH_POSTGRES']
  const own = named ? undefined : await startPostgresServer()
  const dsn = named ?? own?.dsn ?? ''
  const admin = new pg.Client({ connectionString: dsn, connectionTimeoutMillis: 10_000 })
  // Stopping the server also ends this connection.
  admin.on('error', () => {})
  const stop = async (): Promise<void> => {
    await admin.end().catch(() => {})
    await own?.stop()
  }
  try {
    await admin.connect()
    let databases = 0
    return {
      version: await show(admin, 'server_version'),
      settings: await showAll(admin),
      newDatabase: async () => {
        databases += 1
        const name = `harborage_bench_${process.pid}_${databases}`
        await admin.query(`create database "${name}"`)
        const url = new URL(dsn)
        url.pathname = `/${name}`
        return url.href
      },
      dropDatabase: async (database) => {
        const name = new URL(database).pathname.slice(1)
        await untilUnused(admin, name)
        await admin.query(`drop database if exists "${name}" with (force)`)
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Waits until no backend uses the database, because some contenders fail if theirs is killed. */
async function untilUnused(admin: pg.Client, database: string): Promise<void> {
  for (const end = performance.now() + 2000; performance.now() < end; await delay(5)) {
    const { rowCount } = await admin.query('select from pg_stat_activity where datname = $1', [
      database,
    ])
    if (rowCount === 0) return
  }
}

async function showAll(client: pg.Client): Promise<Readonly<Record<string, string>>> {
  const settings: Record<string, string> = {}
  for (const name of SETTINGS) settings[name] = await show(client, name)
  return settings
}

async function show(client: pg.Client, name: string): Promise<string> {
  const { rows } = await client.query<{ setting: string }>('select current_setting($1) setting', [
    name,
  ])
  return rows[0]?.setting ?? 'unknown'
}
