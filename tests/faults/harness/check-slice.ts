import { describe, expect, test } from 'vitest'

import { measure } from '@harborage/test-kit/measure'
import type { FaultRow } from './fault-row.ts'
import { complaints } from './figures.ts'
import { catches, runRow } from './run-row.ts'

/**
 * How many broken builds of a row `pnpm test` makes; the full run makes each. All of them have to
 * fit the sources.
 */
const BROKEN_BUILDS = measure({ quick: 1, full: Number.POSITIVE_INFINITY })

/** Registers tests that run a few rounds of a row and its broken builds. */
export function checkSlice(row: FaultRow): void {
  describe(row.name, () => {
    test('loses nothing and applies nothing twice', async () => {
      const found = await runRow(row, row.slice)
      expect(complaints(found)).toEqual([])
      expect(found.rounds).toBeGreaterThanOrEqual(row.slice)
      expect(found.acknowledged).toBeGreaterThan(0)
    })

    test.each(row.brokenBuilds.slice(0, BROKEN_BUILDS))(
      'notices a build that $name',
      async (brokenBuild) => {
        expect(await catches(row, brokenBuild)).toBe(true)
      },
    )
  })
}
