/**
 * Run by a test, which may kill it: resumes a run as a server does whose webhook is called, and
 * writes what became of it.
 */
import { openDatabase } from '@harborage/core'
import { openJournalStore } from '@harborage/journal'
import { openStateStore } from '@harborage/state'
import { importDriver } from '@harborage/test-kit/adapters/import-driver'
import { writeLine } from '@harborage/test-kit/write-line'

import { resumeOnce } from './resume.ts'

const [, , dsn = '', url = '', runState = '', ttlMs = ''] = process.argv
await importDriver(dsn)
await using database = await openDatabase(dsn)
await using state = await openStateStore({ database })
await using journal = await openJournalStore({ database })
writeLine(1, await resumeOnce({ state, journal }, { url, runState, ttlMs: Number(ttlMs) }))
