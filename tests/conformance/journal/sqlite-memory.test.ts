import { openSqlite } from '@harborage/driver-sqlite'
import { journalConformance } from '@harborage/conformance/journal'
import type { Database } from '@harborage/core'
import { openJournalStore } from '@harborage/journal'
import { measure } from '@harborage/test-kit/measure'
import { shareOfSuite } from '@harborage/test-kit/share-of-suite'
import { afterAll, beforeAll, describe, it } from 'vitest'

describe('the journal store in an SQLite database without a file', () => {
  let database: Database
  beforeAll(async () => {
    database = await openSqlite({ dsn: ':memory:' })
  })
  afterAll(() => database.close())

  // The database outlives the stores that share it, so it is durable as far as they can tell.
  journalConformance(shareOfSuite({ describe, it }, { of: 8, part: 1 }), {
    open: () => openJournalStore({ database }),
    durable: true,
    histories: { runs: measure({ quick: 20, full: 200 }) },
  })
})
