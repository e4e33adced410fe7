/**
 * The suite under `node:test`, on a driver with resources that have to be released; in the full run
 * also on one without.
 */
import '@harborage/driver-sqlite'
import { stateConformance } from '@harborage/conformance/state'
import { openStateStore } from '@harborage/state'
import { describe, it } from 'node:test'

import { CALL_MS_OF_VARIANT, isFullRun } from '@harborage/test-kit/measure'
import { shareOfSuite } from '@harborage/test-kit/share-of-suite'

const dsn = process.env['STATE_DSN'] ?? ''
// What is tried here is the runner.
const pace = { histories: { runs: 10 }, callMs: CALL_MS_OF_VARIANT }

if (isFullRun) {
  void describe('in memory', () => {
    stateConformance({ describe, it }, { open: () => openStateStore(), durable: false, ...pace })
  })
}

void describe('in a file', () => {
  stateConformance(shareOfSuite({ describe, it }, { of: 24, part: 0 }), {
    open: () => openStateStore({ dsn }),
    durable: true,
    ...pace,
  })
})
