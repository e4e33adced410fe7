import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { expect, test } from 'vitest'

const main = join(import.meta.dirname, '../src/main.ts')
const run = promisify(execFile)

test('a session whose pod is killed goes on in another one, and nothing is lost or doubled', async () => {
  const { stdout, stderr } = await run(process.execPath, [main])
  expect(stderr).toBe('')
  expect(stdout).toMatch(/^Pod \d+ {2}✗ kill -9$/m)
  expect(stdout).toContain('the session has 60 entries, and its sub-agent 8')
  expect(stdout.match(/^ {2}✓/gm)).toHaveLength(7)
})
