import { openSqlite } from '@harborage/driver-sqlite'
import { stateConformance } from '@harborage/conformance/state'
import type { Database } from '@harborage/core'
import { openStateStore } from '@harborage/state'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { measure } from '@harborage/test-kit/measure'
import { shareOfSuite } from '@harborage/test-kit/share-of-suite'

describe('the state store in an SQLite database without a file', () => {
  let database: Database
  beforeAll(async () => {
    database = await openSqlite({ dsn: ':memory:' })
  })
  afterAll(() => database.close())

  // The database outlives the stores that share it, so it is durable as far as they can tell.
  stateConformance(shareOfSuite({ describe, it }, { of: 8, part: 0 }), {
    open: () => openStateStore({ database }),
    durable: true,
    histories: { runs: measure({ quick: 20, full: 400 }) },
  })
})
