import { memoryConformance } from '@harborage/conformance/memory'
import { openMemoryStore } from '@harborage/memory'
import { describe, it } from 'vitest'

import { postgresVariants } from '@harborage/test-kit/postgres/postgres-variants'
import { suiteDatabase } from '@harborage/test-kit/postgres/suite-database'
import { CALL_MS_OF_VARIANT, measure } from '@harborage/test-kit/measure'
import { shareOfSuite } from '@harborage/test-kit/share-of-suite'

describe.for(postgresVariants)('the memory store on Postgres $name', ({ open }) => {
  const database = suiteDatabase(open)

  memoryConformance(shareOfSuite({ describe, it }, { of: 12, part: 2 }), {
    open: (rules) => openMemoryStore({ ...rules, database: database() }),
    durable: true,
    histories: { runs: measure({ quick: 5, full: 20 }) },
    callMs: CALL_MS_OF_VARIANT,
  })
})
