import { describe, expect, test } from 'vitest'

import type { FaultRow } from './fault-row.ts'
import { complaints } from './figures.ts'
import { catches, runRow } from './run-row.ts'

/** Many processes are started, beside whatever else the machine does. */
const TIMEOUT_MS = 180_000

/** A few rounds of a row for CI, and each of its broken builds. */
export function checkSlice(row: FaultRow): void {
  describe(row.name, { timeout: TIMEOUT_MS }, () => {
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
