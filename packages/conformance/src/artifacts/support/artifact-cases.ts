import type { ArtifactStore } from '@harborage/artifacts'
import type { SuiteCases } from '../../support/suite-cases.ts'
import type { ArtifactLimits } from '../artifact-harness.ts'

/** Where the cases of a guarantee of the artifact store are registered. */
export type ArtifactCases = SuiteCases<ArtifactStore, ArtifactLimits>
