import { stateConformance } from '@harborage/conformance/state'
import { openStateStore } from '@harborage/state'
import { describe, it } from 'vitest'

import { overOwnPool, suiteDatabase } from '@harborage/test-kit/postgres/suite-database'
import { CALL_MS_OF_VARIANT, measure } from '@harborage/test-kit/measure'

describe("the state store over the caller's own pool", () => {
  const database = suiteDatabase(overOwnPool)

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
