import { journalConformance } from '@harborage/conformance/journal'
import { openJournalStore } from '@harborage/journal'
import { describe, it } from 'vitest'

import { postgresVariants } from '@harborage/test-kit/postgres/postgres-variants'
import { suiteDatabase } from '@harborage/test-kit/postgres/suite-database'
import { CALL_MS_OF_VARIANT, measure } from '@harborage/test-kit/measure'
import { shareOfSuite } from '@harborage/test-kit/share-of-suite'

describe.for(postgresVariants)('the journal store on Postgres $name', ({ open }) => {
  const database = suiteDatabase(open)

  journalConformance(shareOfSuite({ describe, it }, { of: 12, part: 5 }), {
    open: () => openJournalStore({ database: database() }),
    durable: true,
    histories: { runs: measure({ quick: 5, full: 50 }) },
    callMs: CALL_MS_OF_VARIANT,
  })
})
