import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { startPostgresServer } from '../../support/embedded-postgres.ts'

/** Where writers write that will be killed. */
export interface Place extends AsyncDisposable {
  readonly dsn: string
  /** What killed processes left behind and nobody uses any more, once nobody writes and somebody opened it. */
  readonly leftovers: () => Promise<readonly string[]>
}

export async function onSqlite(): Promise<Place> {
  const folder = await freshFolder()
  return {
    dsn: `sqlite:${join(folder, 'a.db')}`,
    leftovers: async () => [],
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

export async function onFiles(): Promise<Place> {
  const folder = await freshFolder()
  return {
    dsn: `fs:${folder}`,
    leftovers: () => readdir(join(folder, 'temporary')),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

export async function onPostgres(): Promise<Place> {
  // The server lives on, so what it has not synchronised yet is still there.
  const server = await startPostgresServer({ settings: { fsync: 'off' } })
  return {
    dsn: server.dsn,
    leftovers: async () => [],
    [Symbol.asyncDispose]: () => server.stop(),
  }
}

function freshFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'harborage-killed-'))
}
