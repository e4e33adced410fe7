import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { Client } from 'pg'

import { startPostgresServer } from '@harborage/test-kit/postgres/start-server'
import type { LibraryName } from './walk.ts'

export const engineNames = ['sqlite', 'postgres'] as const
export type EngineName = (typeof engineNames)[number]

/** What the packages stand on that run the statements of an engine. */
export const librariesOf: Readonly<Record<EngineName, readonly LibraryName[]>> = {
  sqlite: ['kysely', 'better-sqlite3'],
  postgres: ['kysely', 'pg'],
}

/** Empty databases of one engine, which are gone when it is disposed of. */
export interface Databases extends AsyncDisposable {
  /** Returns the DSN of a database that nothing was stored in. */
  create(): Promise<string>
}

export function openDatabases(engine: EngineName): Promise<Databases> {
  return engine === 'sqlite' ? inFolder() : onServer()
}

async function inFolder(): Promise<Databases> {
  const folder = await mkdtemp(join(tmpdir(), 'harborage-walks-'))
  let made = 0
  return {
    create: () => {
      made += 1
      return Promise.resolve(`sqlite:${join(folder, `${made}.db`)}`)
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

async function onServer(): Promise<Databases> {
  const server = await startPostgresServer()
  let made = 0
  return {
    create: async () => {
      made += 1
      const admin = new Client({ connectionString: server.dsn })
      await admin.connect()
      await admin.query(`create database walks_${made}`)
      await admin.end()
      const dsn = new URL(server.dsn)
      dsn.pathname = `/walks_${made}`
      return dsn.href
    },
    [Symbol.asyncDispose]: () => server.stop(),
  }
}
