import { memoryConformance } from '@harborage/conformance/memory'
import { openMemoryStore } from '@harborage/memory'
import { describe, it } from 'vitest'

describe('the memory store in memory', () => {
  memoryConformance(
    { describe, it },
    { open: (rules) => openMemoryStore(rules), durable: false, histories: { runs: 200 } },
  )
})
