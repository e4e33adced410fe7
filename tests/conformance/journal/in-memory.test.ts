import { journalConformance } from '@harborage/conformance/journal'
import { openJournalStore } from '@harborage/journal'
import { measure } from '@harborage/test-kit/measure'
import { describe, it } from 'vitest'

describe('the journal store in memory', () => {
  journalConformance(
    { describe, it },
    {
      open: () => openJournalStore(),
      durable: false,
      histories: { runs: measure({ quick: 25, full: 400 }) },
    },
  )
})
