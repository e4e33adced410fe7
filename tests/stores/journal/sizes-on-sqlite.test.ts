import { statSync } from 'node:fs'
import { join } from 'node:path'
import { newEventId } from '@harborage/core'
import { openSqlite } from '@harborage/driver-sqlite'
import { openJournalStore, type JournalStore } from '@harborage/journal'
import { collect } from '@harborage/test-kit/collect'
import { measure } from '@harborage/test-kit/measure'
import { pagesReadBy } from '@harborage/test-kit/sqlite/pages-read'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'
import BetterSqlite3 from 'better-sqlite3'
import { expect, test } from 'vitest'

import { recordStatements } from '../artifacts/support/record-statements.ts'

const session = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
const SHORT = 20
const LONG = measure({ quick: 20_000, full: 1_000_000 })
const APPENDS = 200
const NEWEST = { order: 'descending', limit: 20 } as const

/** Returns an entry of 1 KiB, or of a tenth of it to fill a stream fast. */
function entry(size = 1024) {
  return { entryId: newEventId(), bytes: new Uint8Array(size).fill(7) }
}

async function fill(journal: JournalStore, stream: string, count: number): Promise<void> {
  for (let left = count; left > 0; left -= 1_000) {
    const entries = Array.from({ length: Math.min(left, 1_000) }, () => entry(100))
    await journal.append(session, stream, entries)
  }
}

async function appendEach(journal: JournalStore, stream: string, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) await journal.append(session, stream, [entry()])
}

/** Moves the write-ahead log into the file, and begins it anew. */
function checkpoint(path: string): void {
  const connection = new BetterSqlite3(path)
  connection.pragma('wal_checkpoint(truncate)')
  connection.close()
}

/** Resolves to how many bytes a work adds to the write-ahead log. */
async function logBytes(path: string, work: () => Promise<void>): Promise<number> {
  checkpoint(path)
  const reader = new BetterSqlite3(path, { readonly: true })
  // While it reads, the log is not begun anew, so all that is written makes it longer.
  reader.exec('begin')
  reader.prepare('select count(*) from journal_streams').get()
  const size = () => statSync(`${path}-wal`).size
  const before = size()
  await work()
  const written = size() - before
  reader.exec('rollback')
  reader.close()
  return written
}

// Only Linux counts what a process reads.
const counted = process.platform === 'linux' ? [NEWEST] : []

test.each(counted)(
  'the newest $limit of a long stream read as many pages as those of a short one',
  async (newest) => {
    const path = join(await temporaryFolder(), 'journal.db')
    await using database = await openSqlite({ dsn: `sqlite:${path}` })
    await using journal = await openJournalStore({ database })
    await appendEach(journal, 'short', SHORT)
    await fill(journal, 'long', LONG)
    await appendEach(journal, 'long', SHORT)
    checkpoint(path)
    const pages: number[] = []
    for (const stream of ['short', 'long']) {
      const { database: recording, recorded } = recordStatements(database)
      await using store = await openJournalStore({ database: recording })
      recorded.length = 0
      expect(await collect(store.read(session, stream, newest))).toHaveLength(SHORT)
      pages.push(recorded.reduce((sum, each) => sum + pagesReadBy(path, each), 0))
    }
    const [short = 0, long = 0] = pages
    expect(short).toBeGreaterThan(0)
    // The path to an entry has up to two pages more in each of the table and its index.
    expect(long).toBeLessThanOrEqual(short + 4)
  },
)

test('an append at the end of a long stream writes as much log as one at its beginning', async () => {
  const path = join(await temporaryFolder(), 'journal.db')
  await using database = await openSqlite({ dsn: `sqlite:${path}` })
  await using journal = await openJournalStore({ database })
  await appendEach(journal, 'log', 10)
  const first = await logBytes(path, () => appendEach(journal, 'log', APPENDS))
  await fill(journal, 'log', LONG)
  const last = await logBytes(path, () => appendEach(journal, 'log', APPENDS))
  expect(last / first).toBeLessThan(1.1)
})
