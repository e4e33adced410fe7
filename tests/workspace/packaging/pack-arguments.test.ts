import { spawnSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

import { repositoryRoot } from '@harborage/test-kit/repository-root'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'
import { expect, test } from 'vitest'

const script = join(repositoryRoot, 'scripts/pack-packages.ts')

test.each([[], ['--help'], ['-h'], ['']])('packing with %j shows how to call it', (...given) => {
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

/**
 * Packs with a pnpm that only writes down what it is called with, and answers with an exit code.
 * What the real one packs is what all projects of these tests install.
 */
async function callsOfPnpm(
  exitCode: number,
  variables: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number | null; readonly calls: readonly string[] }> {
  const folder = await temporaryFolder()
  const log = join(folder, 'calls.txt')
  const stub = join(folder, 'stub.mjs')
  const line = `process.argv.slice(2).join(' ') + '\\n'`
  await writeFile(
    stub,
    `import { appendFileSync } from 'node:fs'
appendFileSync(${JSON.stringify(log)}, ${line})
process.exitCode = ${exitCode}`,
  )
  const command = `"${process.execPath}" "${stub}"`
  await writeFile(join(folder, 'pnpm'), `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 })
  await writeFile(join(folder, 'pnpm.cmd'), `@${command} %*\r\n`)
  const { HARBORAGE_IS_BUILT: _, ...env } = process.env
  const PATH = `${folder}${delimiter}${env['PATH'] ?? ''}`
  const { status } = spawnSync(process.execPath, [script, join(folder, 'packed')], {
    cwd: repositoryRoot,
    env: { ...env, ...variables, PATH },
  })
  const calls = (await readFile(log, 'utf8')).trim().split('\n')
  return { status, calls: calls.map((call) => (call === 'run build' ? 'build' : 'pack')) }
}

test('builds before it packs, so that no stale or missing build is packed', async () => {
  expect(await callsOfPnpm(0)).toEqual({ status: 0, calls: ['build', 'pack'] })
  expect(await callsOfPnpm(3)).toEqual({ status: 3, calls: ['build'] })
  const built = { HARBORAGE_IS_BUILT: '1' }
  expect(await callsOfPnpm(0, built)).toEqual({ status: 0, calls: ['pack'] })
  expect(await callsOfPnpm(3, built)).toEqual({ status: 3, calls: ['pack'] })
})
