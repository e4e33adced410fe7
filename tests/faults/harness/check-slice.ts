import { describe, expect, test } from 'vitest'

import { measure } from '@harborage/test-kit/measure'
import type { FaultRow } from './fault-row.ts'
import { complaints } from './figures.ts'
import { catches, runRow } from './run-row.ts'

/** What of a row `pnpm test` does besides its slice. */
export interface SliceOptions {
  /**
   * How many broken builds of the row it makes, each of which takes seconds: the full run makes all
   * of them. Those of a few rows show that a slice notices anything. Default: 0.
   */
  readonly brokenBuilds?: number
}

/** Registers tests that run a few rounds of a row, and its broken builds. */
export function checkSlice(row: FaultRow, { brokenBuilds = 0 }: SliceOptions = {}): void {
  const made = measure({ quick: brokenBuilds, full: row.brokenBuilds.length })
  describe(row.name, () => {
    test('loses nothing and applies nothing twice', async () => {
      const found = await runRow(row, row.slice)
      expect(complaints(found)).toEqual([])
      expect(found.rounds).toBeGreaterThanOrEqual(row.slice)
      expect(found.acknowledged).toBeGreaterThan(0)
    })

    test.each(row.brokenBuilds.slice(0, made))(
      'notices a build that $name',
      async (brokenBuild) => {
        expect(await catches(row, brokenBuild)).toBe(true)
      },
    )
  })
}
