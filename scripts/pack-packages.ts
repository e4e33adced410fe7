// `pnpm pack:packages FOLDER`: builds every published package and packs it into the folder. Only a
// run that has just built, which sets HARBORAGE_IS_BUILT=1, is not made to build again.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'

import { publishedFilters } from './published-packages.ts'

const [folder] = process.argv.slice(2)
if (folder === undefined || folder === '' || folder.startsWith('-')) {
  console.error('Name the folder to pack into: pnpm pack:packages FOLDER')
  process.exit(2)
}
const destination = resolve(folder)
if (process.env['HARBORAGE_IS_BUILT'] !== '1') await pnpm('run', 'build')
await pnpm('--recursive', ...publishedFilters, 'pack', '--pack-destination', destination)

/** Runs pnpm in the root. If that fails, nothing else is run. */
async function pnpm(...args: readonly string[]): Promise<void> {
  const child = spawn('pnpm', args, {
    cwd: join(import.meta.dirname, '..'),
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  await once(child, 'exit')
  if (child.exitCode !== 0) process.exit(child.exitCode ?? 1)
}
