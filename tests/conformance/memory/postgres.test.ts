import { memoryConformance } from '@harborage/conformance/memory'
import { openMemoryStore } from '@harborage/memory'
import { describe, it } from 'vitest'

import { suiteDatabase, withDefaults } from '@harborage/test-kit/postgres/suite-database'
import { CALL_MS_OF_SERVER, measure } from '@harborage/test-kit/measure'
import { SHARE_OF_POSTGRES, shareOfSuite } from '@harborage/test-kit/share-of-suite'

describe('the memory store on Postgres', () => {
  const database = suiteDatabase(withDefaults)

  memoryConformance(shareOfSuite({ describe, it }, SHARE_OF_POSTGRES), {
    open: (rules) => openMemoryStore({ ...rules, database: database() }),
    durable: true,
    histories: { runs: measure({ quick: 10, full: 20 }) },
    callMs: CALL_MS_OF_SERVER,
  })
})
