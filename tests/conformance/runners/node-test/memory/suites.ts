/**
 * The suite under `node:test`, on a driver with resources that have to be released; in the full run
 * also on one without.
 */
import '@harborage/driver-sqlite'
import { memoryConformance } from '@harborage/conformance/memory'
import { openMemoryStore } from '@harborage/memory'
import { describe, it } from 'node:test'

import { CALL_MS_OF_VARIANT, isFullRun } from '@harborage/test-kit/measure'
import { shareOfSuite } from '@harborage/test-kit/share-of-suite'

const dsn = process.env['MEMORY_DSN'] ?? ''
// What is tried here is the runner.
const pace = { histories: { runs: 2 }, callMs: CALL_MS_OF_VARIANT }

if (isFullRun) {
  void describe('in memory', () => {
    memoryConformance(
      { describe, it },
      { open: (rules) => openMemoryStore(rules), durable: false, ...pace },
    )
  })
}

void describe('in a file', () => {
  memoryConformance(shareOfSuite({ describe, it }, { of: 24, part: 4 }), {
    open: (rules) => openMemoryStore({ ...rules, dsn }),
    durable: true,
    ...pace,
  })
})
