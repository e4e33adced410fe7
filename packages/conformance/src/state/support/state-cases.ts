import type { StateStore } from '@harborage/state'
import type { StoreFixture } from '../../support/fixture.ts'
import type { SuiteCases } from '../../support/suite-cases.ts'

/** The functions that register the cases of a guarantee of the state store. */
export type StateCases = SuiteCases<StoreFixture<StateStore>>
