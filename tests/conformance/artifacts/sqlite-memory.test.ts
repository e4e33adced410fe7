import { openSqlite } from '@harborage/driver-sqlite'
import { openArtifactStore } from '@harborage/artifacts'
import { artifactsConformance } from '@harborage/conformance/artifacts'
import type { Database } from '@harborage/core'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { measure } from '@harborage/test-kit/measure'
import { shareOfSuite } from '@harborage/test-kit/share-of-suite'

describe('the artifact store in an SQLite database without a file', () => {
  let database: Database
  beforeAll(async () => {
    database = await openSqlite({ dsn: ':memory:' })
  })
  afterAll(() => database.close())

  // The database outlives the stores that share it, so it is durable as far as they can tell.
  artifactsConformance(shareOfSuite({ describe, it }, { of: 8, part: 1 }), {
    open: (limits) => openArtifactStore({ database, ...limits }),
    durable: true,
    histories: { runs: measure({ quick: 10, full: 300 }) },
  })
})
