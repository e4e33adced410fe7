import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { createDatabaseWithTables } from '@harborage/test-kit/postgres/database-with-tables'

/** A fresh place for artifacts. */
export interface Place extends AsyncDisposable {
  readonly dsn: string
  /** Returns what a process that died may leave behind: files that no process writes any more. */
  strayFiles?(): Promise<readonly string[]>
}

/** Every driver whose artifacts outlive the process, each with how to make a fresh place for it. */
export const durablePlaces = [
  ['fs', placeOnFiles],
  ['SQLite', placeInSqlite],
  ['Postgres', placeInPostgres],
] as const

export function placeOnFiles(): Promise<Place> {
  return placeOnFilesIn(tmpdir())
}

/**
 * Where the machine has one, in a file system that only needs memory, for tests that are not about
 * durability.
 */
export function placeInMemory(): Promise<Place> {
  return placeOnFilesIn(existsSync('/dev/shm') ? '/dev/shm' : tmpdir())
}

async function placeOnFilesIn(parent: string): Promise<Place> {
  const folder = await freshFolderIn(parent)
  return {
    dsn: `fs:${folder}`,
    strayFiles: () => readdir(join(folder, 'temporary')),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

export async function placeInSqlite(): Promise<Place> {
  const folder = await freshFolderIn(tmpdir())
  return {
    dsn: `sqlite:${join(folder, 'a.db')}`,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

function freshFolderIn(parent: string): Promise<string> {
  return mkdtemp(join(parent, 'harborage-artifacts-'))
}

export async function placeInPostgres(): Promise<Place> {
  const database = await createDatabaseWithTables()
  return { dsn: database.dsn, [Symbol.asyncDispose]: () => database.drop() }
}
