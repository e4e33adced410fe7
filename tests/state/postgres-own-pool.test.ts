import { stateConformance } from '@harborage/conformance/state'
import { openStateStore } from '@harborage/state'
import { describe, it } from 'vitest'

import { overOwnPool, suiteDatabase } from '../support/suite-database.ts'
import { measure } from '../support/measure.ts'

describe("the state store over the caller's own pool", () => {
  const database = suiteDatabase(overOwnPool)

  stateConformance(
    { describe, it },
    {
      open: () => openStateStore({ database: database() }),
      durable: true,
      histories: { runs: measure({ quick: 50, full: 400 }) },
    },
  )
})
