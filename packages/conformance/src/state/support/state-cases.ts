import type { StateStore } from '@harborage/state'
import type { SuiteCases } from '../../support/suite-cases.ts'

/** Where the cases of a guarantee of the state store are registered. */
export type StateCases = SuiteCases<StateStore>
