/** The suite under `node:test` on a store that is broken, which `node --test` has to report. */
import { stateConformance } from '@harborage/conformance/state'
import { describe, it } from 'node:test'

import { shareOfSuite } from '@harborage/test-kit/share-of-suite'

import { harnessOf } from '../../../../mutants/state/broken-store.ts'
import { staleRetryFaults } from '../../../../mutants/state/s04-stale-retry.ts'

const [forgetful] = staleRetryFaults
if (forgetful === undefined) throw new Error('there is no store that breaks S4')

stateConformance(shareOfSuite({ describe, it }, { of: 24, part: 0 }), {
  ...harnessOf(forgetful),
  histories: { runs: 1 },
})
