/**
 * The conformance suite of the artifact store, and the callers of its concurrent histories.
 *
 * @module
 */
export type { Histories } from '../harness.ts'
export type { TestRunner } from '../test-runner.ts'
export type { ArtifactCall, CallArtifact } from './concurrent/artifact-call.ts'
export {
  ArtifactCaller,
  CALLED_CONTENTS,
  type ArtifactCallerOptions,
} from './concurrent/artifact-caller.ts'
export { artifactModel, type ArtifactModelState } from './concurrent/artifact-model.ts'
export { artifactsConformance } from './artifacts-conformance.ts'
export type { ArtifactHarness, ArtifactLimits, DamagedPart, FlipBit } from './artifact-harness.ts'
