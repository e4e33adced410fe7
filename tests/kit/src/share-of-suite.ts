import type { TestRunner } from '@harborage/conformance/state'

import { shareOf, type Share } from './measure.ts'

/**
 * Returns a runner with which a conformance suite registers a fixed share of the cases of each
 * guarantee in `pnpm test`, and every case in the full run. It is for one more configuration of a
 * driver, or one more test runner: on the drivers themselves every case runs.
 */
export function shareOfSuite({ describe, it }: TestRunner, share: Share): TestRunner {
  let cases: Parameters<TestRunner['it']>[] = []
  return {
    describe: (title, register) =>
      describe(title, () => {
        cases = []
        register()
        for (const [name, body] of shareOf(cases, share)) it(name, body)
      }),
    it: (name, body) => cases.push([name, body]),
  }
}
