import { tmpdir } from 'node:os'
import { basename } from 'node:path'

import { diskFolder } from '@harborage/test-kit/disk-folder'

import { makeEmptyProject, type ConsumerProject } from './empty-project.ts'
import { runCommand } from './run-command.ts'

export type PackageManager = 'npm' | 'pnpm'

/** Where the packed packages of the run come from. */
export interface ServedPackages {
  /** The paths of their tarballs. */
  readonly tarballs: readonly string[]
  /** For an .npmrc: the registry that has them. */
  readonly npmrc: string
}

/**
 * Resolves to an empty project of someone who installs these packages, far away from this
 * workspace.
 *
 * @param packages Names of packages, and options of the package manager.
 */
export async function installFrom(
  served: ServedPackages,
  manager: PackageManager,
  ...packages: readonly string[]
): Promise<ConsumerProject> {
  const project = await makeEmptyProject(parents[manager]())
  await project.write('.npmrc', served.npmrc)
  await addFrom(served, project, manager, ...packages)
  return project
}

/** Installs more packages in a project. */
export async function addFrom(
  { tarballs }: ServedPackages,
  { folder }: ConsumerProject,
  manager: PackageManager,
  ...packages: readonly string[]
): Promise<void> {
  const sources = packages.map((name) => sourceOf(name, tarballs))
  await runCommand(folder, manager, ...installCommands[manager], ...sources)
}

/** Returns where a package is installed from: the bundle has no scope, which names the registry. */
function sourceOf(name: string, tarballs: readonly string[]): string {
  if (name !== 'harborage') return name
  const tarball = tarballs.find((path) => /^harborage-\d/.test(basename(path)))
  if (tarball === undefined) throw new Error('the package harborage was not packed')
  return `file:${tarball}`
}

/** pnpm links files of its store, and makes another store where it cannot. */
const parents: Readonly<Record<PackageManager, () => string>> = { npm: tmpdir, pnpm: diskFolder }

const installCommands: Readonly<Record<PackageManager, readonly string[]>> = {
  npm: ['install', '--prefer-offline', '--no-audit'],
  pnpm: ['add', '--prefer-offline'],
}
