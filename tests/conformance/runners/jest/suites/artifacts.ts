/** The suite of the artifact store under Jest, in memory. */
import { openArtifactStore } from '@harborage/artifacts'
import { artifactsConformance } from '@harborage/conformance/artifacts'
import { describe, it } from '@jest/globals'

import { CALL_MS_OF_VARIANT } from '@harborage/test-kit/measure'
import { shareOfSuite } from '@harborage/test-kit/share-of-suite'

// What is tried here is the runner.
const pace = { histories: { runs: 10 }, callMs: CALL_MS_OF_VARIANT }

describe('in memory', () => {
  artifactsConformance(shareOfSuite({ describe, it }, { of: 24, part: 3 }), {
    open: (limits) => openArtifactStore(limits),
    durable: false,
    ...pace,
  })
})
