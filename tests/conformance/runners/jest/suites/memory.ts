/** The suite of the memory store under Jest, in memory. */
import { memoryConformance } from '@harborage/conformance/memory'
import { openMemoryStore } from '@harborage/memory'
import { describe, it } from '@jest/globals'

import { CALL_MS_OF_VARIANT } from '@harborage/test-kit/measure'
import { shareOfSuite } from '@harborage/test-kit/share-of-suite'

// What is tried here is the runner.
const pace = { histories: { runs: 2 }, callMs: CALL_MS_OF_VARIANT }

describe('in memory', () => {
  memoryConformance(shareOfSuite({ describe, it }, { of: 24, part: 3 }), {
    open: (rules) => openMemoryStore(rules),
    durable: false,
    ...pace,
  })
})
