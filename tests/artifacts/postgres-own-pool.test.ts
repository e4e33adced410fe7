import { openPostgres } from '@harborage/driver-postgres'
import { openArtifactStore } from '@harborage/artifacts'
import { artifactsConformance } from '@harborage/conformance/artifacts'
import type { Database } from '@harborage/core'
import { Pool } from 'pg'
import { afterAll, beforeAll, describe, it } from 'vitest'

import { createDatabase, type TestDatabase } from '../support/postgres-database.ts'

describe("the artifact store over the caller's own pool", () => {
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

  artifactsConformance(
    { describe, it },
    {
      open: (limits) => openArtifactStore({ database, ...limits }),
      durable: true,
      histories: { runs: 100 },
    },
  )
})
