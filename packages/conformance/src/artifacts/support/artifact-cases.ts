import type { ArtifactStore } from '@harborage/artifacts'
import type { StoreFixture } from '../../support/fixture.ts'
import type { SuiteCases } from '../../support/suite-cases.ts'
import type { ArtifactLimits } from '../artifact-harness.ts'

/** The functions that register the cases of a guarantee of the artifact store. */
export type ArtifactCases = SuiteCases<StoreFixture<ArtifactStore, ArtifactLimits>>
