import '@harborage/driver-postgres'
import { openArtifactStore } from '@harborage/artifacts'
import { artifactsConformance } from '@harborage/conformance/artifacts'
import { afterAll, beforeAll, describe, it } from 'vitest'

import { suiteDatabase, withDefaults } from '@harborage/test-kit/postgres/suite-database'
import { createDatabaseWithTables } from '@harborage/test-kit/postgres/database-with-tables'
import type { TestDatabase } from '@harborage/test-kit/postgres/test-database'
import { flipsInPostgres } from './support/flip-bits.ts'
import { CALL_MS_OF_SERVER, measure } from '@harborage/test-kit/measure'
import { registerAloneCases, registerReplicaCases } from '@harborage/test-kit/replica-cases'
import { SHARE_OF_POSTGRES } from '@harborage/test-kit/share-of-suite'

const pace = {
  histories: { runs: measure({ quick: 10, full: 150 }) },
  callMs: CALL_MS_OF_SERVER,
}

describe('the artifact store on Postgres', () => {
  let dsn: string
  const database = suiteDatabase((created) => {
    dsn = created
    return withDefaults(created)
  })

  registerAloneCases({ describe, it }, SHARE_OF_POSTGRES, (runner, settings) => {
    artifactsConformance(runner, {
      open: (limits) => openArtifactStore({ database: database(), ...limits }),
      damage: flipsInPostgres(() => dsn),
      ...settings,
      ...pace,
    })
  })
})

describe('artifact stores that each open Postgres by its DSN', () => {
  let created: TestDatabase
  beforeAll(async () => {
    created = await createDatabaseWithTables()
  })
  afterAll(() => created.drop())

  registerReplicaCases({ describe, it }, (runner, settings) => {
    artifactsConformance(runner, {
      open: (limits) => openArtifactStore({ dsn: created.dsn, ...limits }),
      ...settings,
      ...pace,
    })
  })
})
