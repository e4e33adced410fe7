import '@harborage/driver-postgres'
import { journalConformance } from '@harborage/conformance/journal'
import { openJournalStore } from '@harborage/journal'
import { suiteDatabase, withDefaults } from '@harborage/test-kit/postgres/suite-database'
import { createDatabaseWithTables } from '@harborage/test-kit/postgres/database-with-tables'
import type { TestDatabase } from '@harborage/test-kit/postgres/test-database'
import { CALL_MS_OF_SERVER, measure } from '@harborage/test-kit/measure'
import { registerAloneCases, registerReplicaCases } from '@harborage/test-kit/replica-cases'
import { SHARE_OF_POSTGRES } from '@harborage/test-kit/share-of-suite'
import { afterAll, beforeAll, describe, it } from 'vitest'

const pace = {
  histories: { runs: measure({ quick: 10, full: 300 }) },
  callMs: CALL_MS_OF_SERVER,
}

describe('the journal store on Postgres', () => {
  const database = suiteDatabase(withDefaults)

  registerAloneCases({ describe, it }, SHARE_OF_POSTGRES, (runner, settings) => {
    journalConformance(runner, {
      open: () => openJournalStore({ database: database() }),
      ...settings,
      ...pace,
    })
  })
})

describe('journal stores that each open Postgres by its DSN', () => {
  let created: TestDatabase
  beforeAll(async () => {
    created = await createDatabaseWithTables()
  })
  afterAll(() => created.drop())

  registerReplicaCases({ describe, it }, (runner, settings) => {
    journalConformance(runner, {
      open: () => openJournalStore({ dsn: created.dsn }),
      ...settings,
      ...pace,
    })
  })
})
