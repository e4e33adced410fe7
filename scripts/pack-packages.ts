// `pnpm pack:packages FOLDER`: packs every built published package into the folder.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'

import { publishedFilters } from './published-packages.ts'

const [folder] = process.argv.slice(2)
if (folder === undefined || folder === '' || folder.startsWith('-')) {
  console.error('Name the folder to pack into: pnpm pack:packages FOLDER')
  process.exit(2)
}
const args = ['--recursive', ...publishedFilters, 'pack', '--pack-destination', resolve(folder)]
const child = spawn('pnpm', args, {
  cwd: join(import.meta.dirname, '..'),
  stdio: 'inherit',
  shell: process.platform === 'win32',
})
await once(child, 'exit')
process.exitCode = child.exitCode ?? 1
