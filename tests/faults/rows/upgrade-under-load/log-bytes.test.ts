import { join } from 'node:path'

import { createDatabase } from '@harborage/test-kit/postgres/test-database'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'
import { expect, test } from 'vitest'

import type { BrokenBuild } from '../../harness/fault-row.ts'
import { Worker } from '../../harness/worker.ts'
import type { LogBytesConfig, LogUses } from './log-bytes-worker.ts'
import { buildOf } from './versions.ts'

/** The version before records could expire. */
const BEFORE = 6
/** How many bytes more a save may write. */
const MORE_BYTES = 8

type Uses = Readonly<Record<'onSqlite' | 'onPostgres', LogUses>>

async function usesOf(build: BrokenBuild | undefined): Promise<Uses> {
  const folder = await temporaryFolder()
  const database = await createDatabase()
  const config: LogBytesConfig = { dsn: database.dsn, path: join(folder, 'state.db') }
  await using worker = Worker.start(join(import.meta.dirname, 'log-bytes-worker.ts'), config, build)
  const uses = {
    onSqlite: await worker.call<LogUses>('onSqlite'),
    onPostgres: await worker.call<LogUses>('onPostgres'),
  }
  await worker.end()
  await database.drop()
  return uses
}

test('a save writes at most 8 bytes more of log than the version before, and no more index entries', async () => {
  const [now, before] = await Promise.all([usesOf(undefined), usesOf(buildOf(BEFORE))])
  const faults: string[] = []
  for (const engine of ['onSqlite', 'onPostgres'] as const) {
    for (const save of ['fill', 'overwrite'] as const) {
      const [old, newest] = [before[engine][save], now[engine][save]]
      const isLittle = newest.bytes - old.bytes <= MORE_BYTES && newest.records <= old.records
      if (!isLittle) faults.push(`${save} ${engine}: ${JSON.stringify({ old, newest })}`)
    }
  }
  expect(faults).toEqual([])
})
