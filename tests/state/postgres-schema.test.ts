import { openPostgres } from '@harborage/driver-postgres'
import { stateConformance } from '@harborage/conformance/state'
import type { Database } from '@harborage/core'
import { openStateStore } from '@harborage/state'
import { afterAll, beforeAll, describe, it } from 'vitest'

import { createDatabase, type TestDatabase } from '../support/postgres-database.ts'

describe('the state store in a schema of its own on Postgres', () => {
  let created: TestDatabase
  let database: Database
  beforeAll(async () => {
    created = await createDatabase()
    database = await openPostgres({ dsn: created.dsn, schema: 'Agents', max: 4 })
  })
  afterAll(async () => {
    await database.close()
    await created.drop()
  })

  stateConformance(
    { describe, it },
    { open: () => openStateStore({ database }), durable: true, histories: { runs: 400 } },
  )
})
