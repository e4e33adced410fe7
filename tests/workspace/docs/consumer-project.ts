import { globSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { repositoryRoot } from '@harborage/test-kit/repository-root'

/** A project outside of the workspace that has its packages, and what the tests have, installed. */
export interface ConsumerProject extends AsyncDisposable {
  readonly folder: string
  /** Writes a file and gives its path. */
  write(name: string, content: string): Promise<string>
}

export async function createConsumerProject(): Promise<ConsumerProject> {
  const folder = await mkdtemp(join(tmpdir(), 'harborage-consumer-'))
  await linkInstalled(join(repositoryRoot, 'tests/node_modules'), join(folder, 'node_modules'))
  await linkExamples(join(folder, 'node_modules'))
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
  return {
    folder,
    async write(name, content) {
      const path = join(folder, name)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, content)
      return path
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

/** The packages under examples/, which the guides build up. */
async function linkExamples(to: string): Promise<void> {
  for (const manifest of globSync('examples/*/package.json', { cwd: repositoryRoot })) {
    const path = join(repositoryRoot, manifest)
    const { name } = JSON.parse(await readFile(path, 'utf8')) as { name: string }
    await link(dirname(path), join(to, name))
  }
}

/** Links each package by itself, so that nothing is ever written into a folder of the workspace. */
async function linkInstalled(from: string, to: string): Promise<void> {
  for (const name of await readdir(from)) {
    if (name.startsWith('.')) continue
    if (name.startsWith('@')) await linkInstalled(join(from, name), join(to, name))
    else await link(join(from, name), join(to, name))
  }
}

async function link(target: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await symlink(target, path)
}
