import { openPostgres } from '@harborage/driver-postgres'
import { stateConformance } from '@harborage/conformance/state'
import type { Database } from '@harborage/core'
import { openStateStore } from '@harborage/state'
import { Pool } from 'pg'
import { afterAll, beforeAll, describe, it } from 'vitest'

import { createDatabase, type TestDatabase } from '../support/postgres-database.ts'

describe("the state store over the caller's own pool", () => {
  let created: TestDatabase
  let pool: Pool
  let database: Database
  beforeAll(async () => {
    created = await createDatabase()
    pool = new Pool({ connectionString: created.dsn, max: 5 })
    database = await openPostgres({ pool })
  })
  afterAll(async () => {
    await database.close()
    await pool.end()
    await created.drop()
  })

  stateConformance(
    { describe, it },
    { open: () => openStateStore({ database }), durable: true, histories: { runs: 400 } },
  )
})
