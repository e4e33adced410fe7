import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import '@harborage/driver-sqlite'
import { journalConformance } from '@harborage/conformance/journal'
import { openJournalStore } from '@harborage/journal'
import { measure } from '@harborage/test-kit/measure'
import { SHARE_OF_SQLITE, shareOfSuite } from '@harborage/test-kit/share-of-suite'
import { afterAll, beforeAll, describe, it } from 'vitest'

describe('the journal store in an SQLite file', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'harborage-journal-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  journalConformance(shareOfSuite({ describe, it }, SHARE_OF_SQLITE), {
    open: () => openJournalStore({ dsn: `sqlite:${join(folder, 'journal.db')}` }),
    durable: true,
    histories: { runs: measure({ quick: 20, full: 200 }) },
  })
})
