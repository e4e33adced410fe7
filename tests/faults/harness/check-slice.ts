import { describe, expect, test } from 'vitest'

import type { FaultRow } from './fault-row.ts'
import { complaints } from './figures.ts'
import { catches, runRow } from './run-row.ts'

/** A few rounds of a row for CI, and each of its broken builds. */
export function checkSlice(row: FaultRow): void {
  describe(row.name, () => {
    test('loses nothing and applies nothing twice', async () => {
      const found = await runRow(row, row.slice)
      expect(complaints(found)).toEqual([])
      expect(found.rounds).toBeGreaterThanOrEqual(row.slice)
      expect(found.acknowledged).toBeGreaterThan(0)
    })

    test.each(row.brokenBuilds)('notices a build that $name', async (brokenBuild) => {
      expect(await catches(row, brokenBuild)).toBe(true)
    })
  })
}
