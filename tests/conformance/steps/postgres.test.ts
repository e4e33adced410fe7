import { stepsConformance } from '@harborage/conformance/steps'
import { openDatabase } from '@harborage/core'
import '@harborage/driver-postgres'
import { openStateStore } from '@harborage/state'
import { afterAll, beforeAll, describe, it } from 'vitest'

import { suiteDatabase, withDefaults } from '@harborage/test-kit/postgres/suite-database'
import { createDatabaseWithTables } from '@harborage/test-kit/postgres/database-with-tables'
import type { TestDatabase } from '@harborage/test-kit/postgres/test-database'
import { registerAloneCases, registerReplicaCases } from '@harborage/test-kit/replica-cases'
import { SHARE_OF_POSTGRES } from '@harborage/test-kit/share-of-suite'
import { openStepStores } from './support/open-step-stores.ts'

describe('steps on Postgres', () => {
  const database = suiteDatabase(withDefaults)

  registerAloneCases({ describe, it }, SHARE_OF_POSTGRES, (runner, settings) => {
    stepsConformance(runner, {
      open: (bus) => openStepStores(bus, database()),
      openElsewhere: () => openStateStore(),
      ...settings,
    })
  })
})

describe('steps of processes that each open Postgres by its DSN', () => {
  let created: TestDatabase
  beforeAll(async () => {
    created = await createDatabaseWithTables()
  })
  afterAll(() => created.drop())

  registerReplicaCases({ describe, it }, (runner, settings) => {
    stepsConformance(runner, {
      async open(bus) {
        const database = await openDatabase(created.dsn)
        return openStepStores(bus, database, () => database.close())
      },
      ...settings,
    })
  })
})
