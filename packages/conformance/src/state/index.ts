/**
 * The conformance suite of the state store, and the callers of its concurrent histories.
 *
 * @module
 */
export type { Histories } from '../harness.ts'
export type { TestRunner } from '../test-runner.ts'
export type { CallRecord, CallSlot, StateCall } from './concurrent/state-call.ts'
export { CALLED_KINDS, StateCaller, type CallerOptions } from './concurrent/state-caller.ts'
export { stateModel, type ModelState } from './concurrent/state-model.ts'
export { stateConformance } from './state-conformance.ts'
export type { StateHarness } from './state-harness.ts'
