import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { repositoryRoot } from '@harborage/test-kit/repository-root'
import { expect, test } from 'vitest'

test.each([[], ['--help'], ['-h'], ['']])('packing with %j shows how to call it', (...given) => {
  const script = join(repositoryRoot, 'scripts/pack-packages.ts')
  const { status, stderr } = spawnSync(process.execPath, [script, ...given], {
    cwd: repositoryRoot,
    encoding: 'utf8',
  })
  expect(status).toBe(2)
  expect(stderr).toContain('pnpm pack:packages FOLDER')
  for (const name of given) {
    if (name !== '') expect(existsSync(join(repositoryRoot, name))).toBe(false)
  }
})
