import { memoryConformance } from '@harborage/conformance/memory'
import { openMemoryStore } from '@harborage/memory'
import { describe, it } from 'vitest'
import { measure } from '@harborage/test-kit/measure'

describe('the memory store in memory', () => {
  memoryConformance(
    { describe, it },
    {
      open: (rules) => openMemoryStore(rules),
      durable: false,
      histories: { runs: measure({ quick: 50, full: 200 }) },
    },
  )
})
