import { readdir } from 'node:fs/promises'

import { expect, test } from 'vitest'

import { mustFit } from './harness/run-row.ts'
import { rows } from './rows.ts'

test('every row that can run in CI has a slice', async () => {
  const files = await readdir(import.meta.dirname, { recursive: true })
  const slices = files.filter((file) => file.endsWith('slice.test.ts'))
  expect(slices).toHaveLength(rows.filter(({ slice }) => slice > 0).length)
})

test('a row that is left to the full run needs a tool that not every machine has', () => {
  for (const { slice, tools } of rows) expect(slice > 0 || tools.length > 0).toBe(true)
})

test.each(rows)('the broken builds of "$name" still fit the sources', ({ brokenBuilds }) => {
  for (const brokenBuild of brokenBuilds) mustFit(brokenBuild)
  expect(brokenBuilds).not.toEqual([])
})
