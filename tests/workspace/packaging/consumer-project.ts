import { symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { inject } from 'vitest'

import { makeEmptyProject, type ConsumerProject } from './empty-project.ts'
import {
  addFrom,
  installFrom,
  type PackageManager,
  type ServedPackages,
} from './install-packages.ts'

export type { ConsumerProject }

/**
 * Resolves to an empty project of someone who installs these packages, far away from this
 * workspace.
 *
 * @param packages Names of packages, and options of the package manager.
 */
export async function installInEmptyProject(
  manager: PackageManager,
  ...packages: readonly string[]
): Promise<ConsumerProject> {
  return installFrom(served(), manager, ...packages)
}

/** Installs more packages in a project. */
export async function addPackages(
  project: ConsumerProject,
  manager: PackageManager,
  ...packages: readonly string[]
): Promise<void> {
  await addFrom(served(), project, manager, ...packages)
}

/**
 * Resolves to an empty project that has what is installed in the project that the run shares: see
 * shared-project.ts.
 */
export async function projectWithEveryPackage(): Promise<ConsumerProject> {
  const response = await fetch(inject('sharedProject'))
  const answer = await response.text()
  if (!response.ok) throw new Error(answer)
  const project = await makeEmptyProject(tmpdir())
  await symlink(join(answer, 'node_modules'), join(project.folder, 'node_modules'))
  return project
}

function served(): ServedPackages {
  return { tarballs: inject('tarballs'), npmrc: inject('npmrc') }
}
