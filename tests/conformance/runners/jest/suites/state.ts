/**
 * The suite of the state store under Jest, on a driver with resources that have to be released; in
 * the full run also on one without.
 */
import '@harborage/driver-sqlite'
import { stateConformance } from '@harborage/conformance/state'
import { openStateStore } from '@harborage/state'
import { describe, it } from '@jest/globals'

import { CALL_MS_OF_VARIANT, isFullRun } from '@harborage/test-kit/measure'
import { shareOfSuite } from '@harborage/test-kit/share-of-suite'
import { newPath } from '../new-path.ts'

// What is tried here is the runner.
const pace = { histories: { runs: 10 }, callMs: CALL_MS_OF_VARIANT }

if (isFullRun) {
  describe('in memory', () => {
    stateConformance({ describe, it }, { open: () => openStateStore(), durable: false, ...pace })
  })
}

describe('in a file', () => {
  const dsn = `sqlite:${newPath('suite.db')}`
  stateConformance(shareOfSuite({ describe, it }, { of: 24, part: 3 }), {
    open: () => openStateStore({ dsn }),
    durable: true,
    ...pace,
  })
})
