import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { expect, test } from 'vitest'

const main = join(import.meta.dirname, '../src/main.ts')
const run = promisify(execFile)

test('an agent that is killed goes on in another process, and packs each parcel once', async () => {
  const { stdout, stderr } = await run(process.execPath, [main])
  expect(stderr).toBe('')
  expect(stdout).toContain('✗ kill -9, after 3 of 6')
  expect(stdout.match(/^ {2}packed/gm)).toHaveLength(6)
  expect(stdout).toContain('it says:  All 6 are packed.')
  expect(stdout).toMatch(/it says: {2}I remember: .*Pack order 4711\./)
  expect(stdout.match(/^ {2}✓/gm)).toHaveLength(5)
})
