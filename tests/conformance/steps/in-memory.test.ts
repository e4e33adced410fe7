import { stepsConformance } from '@harborage/conformance/steps'
import '@harborage/driver-sqlite'
import { openStateStore } from '@harborage/state'
import { describe, it } from 'vitest'

import { openStepStores } from './support/open-step-stores.ts'

describe('steps in memory', () => {
  stepsConformance(
    { describe, it },
    {
      open: (bus) => openStepStores(bus),
      openElsewhere: async () => openStateStore({ dsn: 'sqlite::memory:' }),
      durable: false,
    },
  )
})
