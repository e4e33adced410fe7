import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { temporaryFolder } from '@harborage/test-kit/temporary-folder'
import { expect, test } from 'vitest'
import { loadPackage } from '../src/load-package.ts'
import { engines, fill, ofSession } from './support/filled-stores.ts'

const BIN = new URL('../src/bin.ts', import.meta.url).pathname
const execute = promisify(execFile)

test.each([
  ['a package that is missing', "import 'not-installed'", "'not-installed' imported from"],
  ['a file that is missing', "import './none.mjs'", 'none.mjs'],
  [
    'an addon that does not load',
    "throw new Error('invalid ELF header\\nmore')",
    'invalid ELF header)',
  ],
])('a driver that cannot be loaded is named, with %s', async (_, source, reason) => {
  const file = join(await temporaryFolder(), 'driver.mjs')
  await writeFile(file, source)
  const loading = loadPackage('@harborage/driver-x', () => import(pathToFileURL(file).href))
  await expect(loading).rejects.toMatchObject({ outcome: 'failed' })
  await expect(loading).rejects.toThrow(/^@harborage\/driver-x cannot be loaded \(.*\): install/)
  await expect(loading).rejects.toThrow(reason)
})

test('an adapter that cannot be loaded is named, and the rest is shown', async () => {
  const at = await engines.SQLite()
  await fill(at)
  const cwd = await temporaryFolder()
  const folder = join(cwd, 'node_modules/@harborage/langgraph')
  await mkdir(folder, { recursive: true })
  const exports = { './inspect': './inspect.mjs' }
  await writeFile(join(folder, 'package.json'), JSON.stringify({ exports }))
  await writeFile(join(folder, 'inspect.mjs'), "throw new Error('of another version')")
  // Without NODE_PATH, by which the tests find the adapters of this repository.
  const options = { cwd, env: { PATH: process.env['PATH'], ...at.env } }
  const { stdout, stderr } = await execute(process.execPath, [BIN, 'ls', ...ofSession], options)
  expect(stdout).toContain('session.cart')
  expect(stderr).toMatch(/^not decoded: @harborage\/langgraph\/inspect cannot be loaded/)
  expect(stderr).toContain('(of another version)')
})
