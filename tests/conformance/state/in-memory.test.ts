import { stateConformance } from '@harborage/conformance/state'
import { openStateStore } from '@harborage/state'
import { measure } from '@harborage/test-kit/measure'
import { describe, it } from 'vitest'

describe('the state store in memory', () => {
  stateConformance(
    { describe, it },
    {
      open: () => openStateStore(),
      openWithoutKindIndex: () => openStateStore({ kindIndex: false }),
      durable: false,
      histories: { runs: measure({ quick: 50, full: 100 }) },
    },
  )
})
