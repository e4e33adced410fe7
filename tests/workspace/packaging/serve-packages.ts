import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { repositoryRoot } from '@harborage/test-kit/repository-root'
import type { TestProject } from 'vitest/node'

import { serveRegistry } from './package-registry.ts'
import { readPacked, type PackedManifest } from './packed-package.ts'
import { COMPILED, runCommand } from './run-command.ts'
import { shareProject } from './shared-project.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The paths of the packed packages, in the order of their names. */
    tarballs: readonly string[]
    /** The manifests of the packed packages, in the same order. */
    manifests: readonly PackedManifest[]
    /**
     * For an .npmrc: packages of this scope come from the run's registry, all others from where they
     * always do.
     */
    npmrc: string
    /** Answers with the folder of the project that the run shares: see shared-project.ts. */
    sharedProject: string
  }
}

/**
 * Packs every published package as a release does it, built anew unless `pnpm test` just did so,
 * and serves them for the whole run.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'harborage-packed-'))
  await runCommand(repositoryRoot, 'node', 'scripts/pack-packages.ts', folder)
  const names = await readdir(folder)
  const tarballs = names.toSorted().map((name) => join(folder, name))
  // Many short programs load the same packages.
  process.env[COMPILED] = join(folder, 'compiled')
  const packed = await Promise.all(tarballs.map(readPacked))
  const registry = await serveRegistry(packed)
  project.provide('tarballs', tarballs)
  project.provide(
    'manifests',
    packed.map(({ manifest }) => manifest),
  )
  project.provide('npmrc', registry.npmrc)
  const shared = await shareProject(
    { tarballs, npmrc: registry.npmrc },
    packed.map(({ name }) => name),
  )
  project.provide('sharedProject', shared.url)
  return async () => {
    await shared[Symbol.asyncDispose]()
    await registry[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  }
}
