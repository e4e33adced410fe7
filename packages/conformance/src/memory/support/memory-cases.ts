import type { SuiteCases } from '../../support/suite-cases.ts'
import type { MemoryFixture } from './fixture.ts'

/** The functions that register the cases of a guarantee of the memory store. */
export type MemoryCases = SuiteCases<MemoryFixture>
