import { openPostgres } from '@harborage/driver-postgres'
import { memoryConformance } from '@harborage/conformance/memory'
import type { Database } from '@harborage/core'
import { openMemoryStore } from '@harborage/memory'
import { afterAll, beforeAll, describe, it } from 'vitest'

import { createDatabase, type TestDatabase } from '@harborage/test-kit/postgres/test-database'
import { measure } from '@harborage/test-kit/measure'

describe('the memory store on Postgres', () => {
  let created: TestDatabase
  let database: Database
  beforeAll(async () => {
    created = await createDatabase()
    database = await openPostgres({ dsn: created.dsn })
  })
  afterAll(async () => {
    await database.close()
    await created.drop()
  })

  memoryConformance(
    { describe, it },
    {
      open: (rules) => openMemoryStore({ ...rules, database }),
      durable: true,
      histories: { runs: measure({ quick: 10, full: 20 }) },
    },
  )
})
