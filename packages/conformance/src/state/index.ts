export type { TestRunner } from '../test-runner.ts'
export { stateConformance } from './state-conformance.ts'
export type { StateHarness, StateHistories } from './state-harness.ts'
