import { openSqlite } from '@harborage/driver-sqlite'
import { memoryConformance } from '@harborage/conformance/memory'
import type { Database } from '@harborage/core'
import { openMemoryStore } from '@harborage/memory'
import { afterAll, beforeAll, describe, it } from 'vitest'

describe('the memory store in an SQLite database without a file', () => {
  let database: Database
  beforeAll(async () => {
    database = await openSqlite({ dsn: ':memory:' })
  })
  afterAll(() => database.close())

  // The database outlives the stores that share it, so it is durable as far as they can tell.
  memoryConformance(
    { describe, it },
    {
      open: (rules) => openMemoryStore({ ...rules, database }),
      durable: true,
      histories: { runs: 100 },
    },
  )
})
