import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { requireSqlDatabase } from '@harborage/core/sql'
import { openSqlite } from '@harborage/driver-sqlite'
import BetterSqlite3 from 'better-sqlite3'

import type { SharedCommitBench } from './shared-commits.ts'

/**
 * Resolves to an SQLite file, and a second connection that looks at it at once, without giving way
 * to other work.
 */
export async function openSqliteBench(): Promise<SharedCommitBench> {
  const folder = await mkdtemp(join(tmpdir(), 'harborage-sharing-'))
  const path = join(folder, 'a.db')
  const database = requireSqlDatabase(await openSqlite({ dsn: path }))
  const outside = new BetterSqlite3(path)
  return {
    database,
    heldForOthers(kind) {
      return outside
        .prepare<[string], string>('select event_id from state_records where kind = ?')
        .pluck()
        .get(kind)
    },
    async [Symbol.asyncDispose]() {
      outside.close()
      await database.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
