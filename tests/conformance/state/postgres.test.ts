import '@harborage/driver-postgres'
import { stateConformance } from '@harborage/conformance/state'
import { openStateStore } from '@harborage/state'
import { afterAll, beforeAll, describe, it } from 'vitest'

import { suiteDatabase, withDefaults } from '@harborage/test-kit/postgres/suite-database'
import { createDatabaseWithTables } from '@harborage/test-kit/postgres/database-with-tables'
import { createDatabase, type TestDatabase } from '@harborage/test-kit/postgres/test-database'
import { CALL_MS_OF_SERVER, measure } from '@harborage/test-kit/measure'
import { registerAloneCases, registerReplicaCases } from '@harborage/test-kit/replica-cases'
import { SHARE_OF_POSTGRES } from '@harborage/test-kit/share-of-suite'

const pace = {
  histories: { runs: measure({ quick: 10, full: 700 }) },
  callMs: CALL_MS_OF_SERVER,
}

describe('the state store on Postgres', () => {
  const database = suiteDatabase(withDefaults)
  let other: TestDatabase
  beforeAll(async () => {
    other = await createDatabase()
  })
  afterAll(() => other.drop())

  registerAloneCases({ describe, it }, SHARE_OF_POSTGRES, (runner, settings) => {
    stateConformance(runner, {
      open: () => openStateStore({ database: database() }),
      openWithoutKindIndex: () => openStateStore({ dsn: other.dsn, kindIndex: false }),
      ...settings,
      ...pace,
    })
  })
})

describe('state stores that each open Postgres by its DSN', () => {
  let created: TestDatabase
  beforeAll(async () => {
    created = await createDatabaseWithTables()
  })
  afterAll(() => created.drop())

  registerReplicaCases({ describe, it }, (runner, settings) => {
    stateConformance(runner, {
      open: () => openStateStore({ dsn: created.dsn }),
      ...settings,
      ...pace,
    })
  })
})
