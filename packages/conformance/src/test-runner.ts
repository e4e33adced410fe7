/**
 * The two functions of a test runner that a conformance suite needs. Those of vitest, `node:test`,
 * jest and mocha can be passed as they are.
 */
export interface TestRunner {
  /** Groups the cases that `body` registers. */
  readonly describe: (name: string, body: () => void) => unknown
  /** Registers one case, which fails if the promise rejects. */
  readonly it: (name: string, body: () => Promise<void>) => unknown
}
