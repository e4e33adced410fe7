import { stepsConformance } from '@harborage/conformance/steps'
import { openDatabase } from '@harborage/core'
import '@harborage/driver-sqlite'
import { openStateStore } from '@harborage/state'
import { describe, it } from 'vitest'

import { openStepStores } from './support/open-step-stores.ts'

describe('steps in an SQLite database without a file', () => {
  stepsConformance(
    { describe, it },
    {
      async open(bus) {
        const database = await openDatabase('sqlite::memory:')
        return openStepStores(bus, database, () => database.close())
      },
      openElsewhere: () => openStateStore(),
      durable: false,
    },
  )
})
