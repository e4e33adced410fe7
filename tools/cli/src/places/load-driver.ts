import type * as Fs from '@harborage/driver-fs'
import type * as Postgres from '@harborage/driver-postgres'
import type * as Sqlite from '@harborage/driver-sqlite'
import { loadPackage } from '../load-package.ts'

/** Loads the driver of SQLite. */
export function loadSqlite(): Promise<typeof Sqlite> {
  return loadPackage('@harborage/driver-sqlite', () => import('@harborage/driver-sqlite'))
}

/** Loads the driver of Postgres. */
export function loadPostgres(): Promise<typeof Postgres> {
  return loadPackage('@harborage/driver-postgres', () => import('@harborage/driver-postgres'))
}

/** Loads the driver of folders, which registers it. */
export function loadFs(): Promise<typeof Fs> {
  return loadPackage('@harborage/driver-fs', () => import('@harborage/driver-fs'))
}
