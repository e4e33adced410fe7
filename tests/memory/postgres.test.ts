import '@harborage/driver-postgres'
import { memoryConformance } from '@harborage/conformance/memory'
import { openMemoryStore } from '@harborage/memory'
import { afterAll, beforeAll, describe, it } from 'vitest'

import { createDatabase, type TestDatabase } from '../support/postgres-database.ts'

describe('the memory store on Postgres', () => {
  let created: TestDatabase
  beforeAll(async () => {
    created = await createDatabase()
  })
  afterAll(() => created.drop())

  memoryConformance(
    { describe, it },
    {
      open: (rules) => openMemoryStore({ ...rules, dsn: created.dsn }),
      durable: true,
      histories: { runs: 20 },
    },
  )
})
