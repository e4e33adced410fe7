import '@harborage/driver-postgres'
import { stateConformance } from '@harborage/conformance/state'
import { openStateStore } from '@harborage/state'
import { afterAll, beforeAll, describe, it } from 'vitest'

import { createDatabase, type TestDatabase } from '@harborage/test-kit/postgres/test-database'
import { measure } from '@harborage/test-kit/measure'

describe('the state store on Postgres', () => {
  let created: TestDatabase
  beforeAll(async () => {
    created = await createDatabase()
  })
  afterAll(() => created.drop())

  stateConformance(
    { describe, it },
    {
      open: () => openStateStore({ dsn: created.dsn }),
      durable: true,
      histories: { runs: measure({ quick: 50, full: 700 }) },
    },
  )
})
