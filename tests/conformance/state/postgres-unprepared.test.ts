import { stateConformance } from '@harborage/conformance/state'
import { openStateStore } from '@harborage/state'
import { describe, it } from 'vitest'

import {
  suiteDatabase,
  withoutPreparedStatements,
} from '@harborage/test-kit/postgres/suite-database'
import { CALL_MS_OF_VARIANT, measure } from '@harborage/test-kit/measure'

describe('the state store on Postgres without prepared statements', () => {
  const database = suiteDatabase(withoutPreparedStatements)

  stateConformance(
    { describe, it },
    {
      open: () => openStateStore({ database: database() }),
      durable: true,
      histories: { runs: measure({ quick: 25, full: 400 }) },
      callMs: CALL_MS_OF_VARIANT,
    },
  )
})
