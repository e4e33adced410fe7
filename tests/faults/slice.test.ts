import { describe, expect, test } from 'vitest'

import { complaints } from './harness/figures.ts'
import { catches, runRow } from './harness/run-row.ts'
import { rows } from './rows.ts'

/** Many processes are started, beside whatever else the machine does. */
const TIMEOUT_MS = 180_000

describe.for(rows.filter(({ slice }) => slice > 0).map((row) => [row.name, row] as const))(
  '%s',
  { timeout: TIMEOUT_MS },
  ([, row]) => {
    test('loses nothing and applies nothing twice', async () => {
      const found = await runRow(row, row.slice)
      expect(complaints(found)).toEqual([])
      expect(found.rounds).toBeGreaterThanOrEqual(row.slice)
      expect(found.acknowledged).toBeGreaterThan(0)
    })

    test.each(row.brokenBuilds)('notices a build that $name', async (brokenBuild) => {
      expect(await catches(row, brokenBuild)).toBe(true)
    })
  },
)
