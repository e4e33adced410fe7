export type { Histories } from '../harness.ts'
export type { TestRunner } from '../test-runner.ts'
export { stateConformance } from './state-conformance.ts'
export type { StateHarness } from './state-harness.ts'
