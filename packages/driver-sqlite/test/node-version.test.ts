import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

import { expect, test } from 'vitest'

interface Answer {
  readonly code?: string
  readonly message?: string
}

/**
 * Opens a database in a process with a faked version of Node.js: an older one could not run these
 * sources.
 */
function openUnder(version: string): Answer {
  const script = join(import.meta.dirname, 'support/open-under-version.ts')
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, version], {
    encoding: 'utf8',
    timeout: 300_000,
  })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return JSON.parse(stdout) as Answer
}

test.each(['20.20.2', '21.99.0', '22.0.0', '22.13.1'])(
  'Node.js %s is rejected before SQLite is loaded, naming the required version',
  (version) => {
    expect(openUnder(version)).toEqual({
      code: 'invalid_config',
      message: `@harborage/driver-sqlite needs Node.js 22.14 or newer; this is ${version}`,
    })
  },
)

test.each(['22.14.0', '22.100.1', '23.0.0', '24.21.0', '26.0.0-nightly'])(
  'Node.js %s opens a database',
  (version) => {
    expect(openUnder(version)).toEqual({})
  },
)
