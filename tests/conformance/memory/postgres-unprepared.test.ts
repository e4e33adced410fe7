import { memoryConformance } from '@harborage/conformance/memory'
import { openMemoryStore } from '@harborage/memory'
import { describe, it } from 'vitest'

import {
  suiteDatabase,
  withoutPreparedStatements,
} from '@harborage/test-kit/postgres/suite-database'
import { CALL_MS_OF_VARIANT, measure } from '@harborage/test-kit/measure'

describe('the memory store on Postgres without prepared statements', () => {
  const database = suiteDatabase(withoutPreparedStatements)

  memoryConformance(
    { describe, it },
    {
      open: (rules) => openMemoryStore({ ...rules, database: database() }),
      durable: true,
      histories: { runs: measure({ quick: 10, full: 20 }) },
      callMs: CALL_MS_OF_VARIANT,
    },
  )
})
