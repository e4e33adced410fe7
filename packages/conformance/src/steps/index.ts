/**
 * The conformance suite of steps, which several stores on one database apply together.
 *
 * @module
 */
export type { Histories } from '../harness.ts'
export type { TestRunner } from '../test-runner.ts'
export { stepsConformance } from './steps-conformance.ts'
export type { StepsHarness, StepStores } from './steps-harness.ts'
