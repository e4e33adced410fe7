import { openPostgres } from '@harborage/driver-postgres'
import { memoryConformance } from '@harborage/conformance/memory'
import type { Database } from '@harborage/core'
import { openMemoryStore } from '@harborage/memory'
import { Pool } from 'pg'
import { afterAll, beforeAll, describe, it } from 'vitest'

import { createDatabase, type TestDatabase } from '../support/postgres-database.ts'

describe("the memory store over the caller's own pool", () => {
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

  memoryConformance(
    { describe, it },
    {
      open: (rules) => openMemoryStore({ ...rules, database }),
      durable: true,
      histories: { runs: 20 },
    },
  )
})
