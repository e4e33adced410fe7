import { stateConformance } from '@harborage/conformance/state'
import { openStateStore } from '@harborage/state'
import { describe, it } from 'vitest'

describe('the state store in memory', () => {
  stateConformance(
    { describe, it },
    {
      open: () => openStateStore(),
      openWithoutKindIndex: () => openStateStore({ kindIndex: false }),
      durable: false,
    },
  )
})
