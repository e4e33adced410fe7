import '@harborage/driver-postgres'
import { openArtifactStore } from '@harborage/artifacts'
import { artifactsConformance } from '@harborage/conformance/artifacts'
import { afterAll, beforeAll, describe, it } from 'vitest'

import { createDatabase, type TestDatabase } from '@harborage/test-kit/postgres/test-database'
import { measure } from '@harborage/test-kit/measure'

describe('the artifact store on Postgres', () => {
  let created: TestDatabase
  beforeAll(async () => {
    created = await createDatabase()
  })
  afterAll(() => created.drop())

  artifactsConformance(
    { describe, it },
    {
      open: (limits) => openArtifactStore({ dsn: created.dsn, ...limits }),
      durable: true,
      histories: { runs: measure({ quick: 50, full: 150 }) },
    },
  )
})
