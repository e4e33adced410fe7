import type { EventBus } from '@harborage/core'
import type { StoreFixture } from '../../support/fixture.ts'
import type { SuiteCases } from '../../support/suite-cases.ts'
import type { StepStores } from '../steps-harness.ts'

/** The stores that a case works with, and the bus of their memory stores. */
export interface StepFixture extends StoreFixture<StepStores> {
  readonly bus: EventBus
}

/** The functions that register the cases of a guarantee of steps. */
export type StepCases = SuiteCases<StepFixture>
