/**
 * The script of `pnpm bench`. It installs the libraries that the benchmark compares with, if they
 * are missing, and starts the benchmark. `pnpm test` does not need these libraries.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

const folder = import.meta.dirname
const seal = join(folder, 'node_modules/.installed')

const wanted = await fingerprint()
if ((await readFile(seal, 'utf8').catch(() => '')) !== wanted) {
  await install()
  await writeFile(seal, wanted)
}
await import('./src/main.ts')

async function fingerprint(): Promise<string> {
  const hash = createHash('sha256')
  for (const file of ['package.json', 'pnpm-workspace.yaml', 'pnpm-lock.yaml']) {
    hash.update(await readFile(join(folder, file)))
  }
  return hash.digest('hex')
}

async function install(): Promise<void> {
  const started = performance.now()
  process.stdout.write('Installing what the benchmark compares with into bench/node_modules ...')
  const child = spawn('pnpm', ['install', '--frozen-lockfile'], {
    cwd: folder,
    shell: process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [output, errors] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ])
  if (child.exitCode !== 0) {
    process.stdout.write(` failed\n\n${output}${errors}\n`)
    process.exit(1)
  }
  process.stdout.write(` ${((performance.now() - started) / 1000).toFixed(1)} s\n`)
}
