import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { startPostgresServer } from '@harborage/test-kit/postgres/start-server'
import { integrityOf } from '@harborage/test-kit/sqlite/integrity'

/** Where writers write that will be killed. */
export interface Place extends AsyncDisposable {
  readonly dsn: string
  /**
   * Makes a new place whose writer is killed while it opens it. Needs files whose changes are seen.
   */
  readonly fresh?: () => Promise<{ readonly dsn: string; readonly folder: string }>
  /** Returns what is wrong with the place after the writer has ended and the place was reopened. */
  readonly faults: () => Promise<readonly string[]>
}

export async function onSqlite(): Promise<Place> {
  const folder = await freshFolder()
  const path = join(folder, 'a.db')
  return {
    dsn: `sqlite:${path}`,
    fresh: async () => {
      const fresh = await freshFolder(folder)
      return { folder: fresh, dsn: `sqlite:${join(fresh, 'a.db')}` }
    },
    faults: async () => {
      const integrity = integrityOf(path)
      return integrity === 'ok' ? [] : [`integrity_check: ${String(integrity)}`]
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

export async function onFiles(): Promise<Place> {
  const folder = await freshFolder()
  return {
    dsn: `fs:${folder}`,
    // Opening the folder removes files that no process writes any more.
    faults: async () =>
      (await readdir(join(folder, 'temporary'))).map(() => 'a file was left behind'),

    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

export async function onPostgres(): Promise<Place> {
  // The server lives on, so what it has not synchronized yet is still there.
  const server = await startPostgresServer({ settings: { fsync: 'off' } })
  return {
    dsn: server.dsn,
    faults: async () => [],
    [Symbol.asyncDispose]: () => server.stop(),
  }
}

function freshFolder(parent: string = tmpdir()): Promise<string> {
  return mkdtemp(join(parent, 'harborage-killed-'))
}
