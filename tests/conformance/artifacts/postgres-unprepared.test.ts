import { openPostgres } from '@harborage/driver-postgres'
import { openArtifactStore } from '@harborage/artifacts'
import { artifactsConformance } from '@harborage/conformance/artifacts'
import type { Database } from '@harborage/core'
import { afterAll, beforeAll, describe, it } from 'vitest'

import { createDatabase, type TestDatabase } from '@harborage/test-kit/postgres/test-database'
import { CALL_MS_OF_VARIANT, measure } from '@harborage/test-kit/measure'

describe('the artifact store on Postgres without prepared statements', () => {
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

  artifactsConformance(
    { describe, it },
    {
      open: (limits) => openArtifactStore({ database, ...limits }),
      durable: true,
      histories: { runs: measure({ quick: 25, full: 100 }) },
      callMs: CALL_MS_OF_VARIANT,
    },
  )
})
