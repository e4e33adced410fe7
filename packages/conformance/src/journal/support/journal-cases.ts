import type { JournalStore } from '@harborage/journal'
import type { StoreFixture } from '../../support/fixture.ts'
import type { SuiteCases } from '../../support/suite-cases.ts'

/** The functions that register the cases of a guarantee of the journal store. */
export type JournalCases = SuiteCases<StoreFixture<JournalStore>>
