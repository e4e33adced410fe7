/**
 * The conformance suite of the memory store.
 *
 * @module
 */
export type { Histories } from '../harness.ts'
export type { TestRunner } from '../test-runner.ts'
export { memoryConformance } from './memory-conformance.ts'
export type { MemoryHarness } from './memory-harness.ts'
