import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { repositoryRoot } from '@harborage/test-kit/repository-root'
import { bundlePackages } from '@harborage/test-kit/vitest/bundle-packages'

import { publishedPackages } from '../../../scripts/published-packages.ts'
import type { BrokenBuild } from './fault-row.ts'

const made = new WeakMap<BrokenBuild, string>()

/**
 * Makes few files of a broken build, for its processes to load. Most of the life of one is spent with
 * loading its sources otherwise.
 */
export async function bundleBrokenBuild(brokenBuild: BrokenBuild): Promise<AsyncDisposable> {
  const folders = publishedPackages(repositoryRoot).map(({ folder }) => folder)
  const into = await mkdtemp(join(tmpdir(), 'harborage-broken-build-'))
  made.set(brokenBuild, JSON.stringify(await bundlePackages(folders, brokenBuild.edits, into)))
  return {
    async [Symbol.asyncDispose]() {
      made.delete(brokenBuild)
      await rm(into, { recursive: true, force: true })
    },
  }
}

/** Returns what the processes of a broken build load in place of the packages, as JSON. */
export function bundlesOf(brokenBuild: BrokenBuild): string {
  return made.get(brokenBuild) ?? ''
}
