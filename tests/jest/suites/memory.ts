/** The suite of the memory store under Jest, in memory. */
import { memoryConformance } from '@harborage/conformance/memory'
import { openMemoryStore } from '@harborage/memory'
import { describe, it } from '@jest/globals'

describe('in memory', () => {
  memoryConformance(
    { describe, it },
    { open: (rules) => openMemoryStore(rules), durable: false, histories: { runs: 2 } },
  )
})
