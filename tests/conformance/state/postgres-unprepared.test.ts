import { openPostgres } from '@harborage/driver-postgres'
import { stateConformance } from '@harborage/conformance/state'
import type { Database } from '@harborage/core'
import { openStateStore } from '@harborage/state'
import { afterAll, beforeAll, describe, it } from 'vitest'

import { createDatabase, type TestDatabase } from '@harborage/test-kit/postgres/test-database'
import { CALL_MS_OF_VARIANT, measure } from '@harborage/test-kit/measure'

describe('the state store on Postgres without prepared statements', () => {
  let created: TestDatabase
  let database: Database
  beforeAll(async () => {
    created = await createDatabase()
    database = await openPostgres({ dsn: created.dsn, preparedStatements: false })
  })
  afterAll(async () => {
    await database.close()
    await created.drop()
  })

  stateConformance(
    { describe, it },
    {
      open: () => openStateStore({ database }),
      durable: true,
      histories: { runs: measure({ quick: 25, full: 400 }) },
      callMs: CALL_MS_OF_VARIANT,
    },
  )
})
