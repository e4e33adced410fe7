import type { TestRunner } from '@harborage/conformance/state'

import { shareOf, type Share } from './measure.ts'

/** A case of a suite: its name and its body. */
type Case = Parameters<TestRunner['it']>

/** The cases of a suite that run on SQLite files in `pnpm test`: in memory, all of them run. */
export const SHARE_OF_SQLITE: Share = { of: 2, part: 0 }

/**
 * The cases that run on Postgres in `pnpm test`: those that do not run on SQLite files. On a server
 * that is named, such as one of another version in CI, all of them run.
 */
export const SHARE_OF_POSTGRES: Share =
  process.env['HARBORAGE_TEST_POSTGRES'] === undefined ? { of: 2, part: 1 } : { of: 1, part: 0 }

/** The cases that run on a folder of files in `pnpm test`. */
export const SHARE_OF_FILES: Share = { of: 3, part: 1 }

/**
 * Returns a runner with which a conformance suite registers a fixed share of the cases of each
 * guarantee in `pnpm test`, and every case in the full run. It is for one more configuration of a
 * driver, or one more test runner: elsewhere every case runs.
 */
export function shareOfSuite(runner: TestRunner, share: Share): TestRunner {
  return choiceOfSuite(runner, (cases) => shareOf(cases, share))
}

/** Returns a runner with which a suite registers those cases of each guarantee that are chosen. */
export function choiceOfSuite(
  { describe, it }: TestRunner,
  choose: (cases: readonly Case[]) => readonly Case[],
): TestRunner {
  let cases: Case[] = []
  return {
    describe(title, register) {
      cases = []
      register()
      const chosen = choose(cases)
      // A test runner may complain about a group that has no test.
      if (chosen.length === 0) return
      describe(title, () => {
        for (const [name, body] of chosen) it(name, body)
      })
    },
    it: (name, body) => cases.push([name, body]),
  }
}
