import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { expect, test } from 'vitest'

const main = join(import.meta.dirname, '../src/main.ts')
const run = promisify(execFile)

test('the charge is made once, although its process is killed and another one resumes the run', async () => {
  const { stdout, stderr } = await run(process.execPath, [main])
  expect(stderr).toBe('')
  expect(stdout.match(/^Process \d+/gm)).toHaveLength(6)
  expect(stdout).toContain('another process goes on with it')
  expect(stdout).toContain('is told: charged before: the same key')
  expect(stdout).toContain('it is finished: You paid 49.9. Thank you.')
  expect(stdout.match(/^ {2}✓/gm)).toHaveLength(3)
})
