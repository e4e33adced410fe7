/**
 * The conformance suite of the journal store, and the callers of its concurrent histories.
 *
 * @module
 */
export type { Histories } from '../harness.ts'
export type { TestRunner } from '../test-runner.ts'
export type { JournalCall } from './concurrent/journal-call.ts'
export { JournalCaller, type JournalCallerOptions } from './concurrent/journal-caller.ts'
export { journalModel, type JournalModelState } from './concurrent/journal-model.ts'
export { journalConformance } from './journal-conformance.ts'
export type { JournalHarness } from './journal-harness.ts'
