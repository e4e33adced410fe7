export type { Histories } from '../harness.ts'
export type { TestRunner } from '../test-runner.ts'
export { artifactsConformance } from './artifacts-conformance.ts'
export type { ArtifactHarness, ArtifactLimits } from './artifact-harness.ts'
