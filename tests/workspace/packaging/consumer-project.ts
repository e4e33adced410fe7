import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'

import { diskFolder } from '@harborage/test-kit/disk-folder'
import { inject } from 'vitest'

import { runCommand } from './run-command.ts'
import { overridesForNpm, withoutBinaries } from './without-binaries.ts'

export type PackageManager = 'npm' | 'pnpm'

export interface ConsumerProject extends AsyncDisposable {
  readonly folder: string
  write(name: string, content: string): Promise<void>
}

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
  const folder = await mkdtemp(join(parents[manager](), `harborage-consumer-${manager}-`))
  const project: ConsumerProject = {
    folder,
    async write(name, content) {
      await mkdir(dirname(join(folder, name)), { recursive: true })
      await writeFile(join(folder, name), content)
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
  const manifest = { private: true, type: 'module', overrides: overridesForNpm }
  await project.write('package.json', JSON.stringify(manifest))
  for (const [file, content] of Object.entries(withoutBinaries)) await project.write(file, content)
  await project.write('.npmrc', inject('npmrc'))
  for (const [file, content] of Object.entries(configurations)) {
    await project.write(file, JSON.stringify(content))
  }
  await addPackages(project, manager, ...packages)
  return project
}

/** Installs more packages in a project. */
export async function addPackages(
  { folder }: ConsumerProject,
  manager: PackageManager,
  ...packages: readonly string[]
): Promise<void> {
  await runCommand(folder, manager, ...installCommands[manager], ...packages.map(sourceOf))
}

/** Returns where a package is installed from: the bundle has no scope, which names the registry. */
function sourceOf(name: string): string {
  if (name !== 'harborage') return name
  const tarball = inject('tarballs').find((path) => /^harborage-\d/.test(basename(path)))
  if (tarball === undefined) throw new Error('the package harborage was not packed')
  return `file:${tarball}`
}

/** pnpm links files of its store, and makes another store where it cannot. */
const parents: Readonly<Record<PackageManager, () => string>> = { npm: tmpdir, pnpm: diskFolder }

const installCommands: Readonly<Record<PackageManager, readonly string[]>> = {
  npm: ['install', '--prefer-offline', '--no-audit'],
  pnpm: ['add', '--prefer-offline'],
}

const strictest = {
  target: 'es2024',
  lib: ['es2024', 'esnext.disposable'],
  module: 'nodenext',
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
  skipLibCheck: false,
  noEmit: true,
}

/** What adapters are imported by is in a folder of its own, since it is compiled otherwise. */
const configurations = {
  'tsconfig.json': {
    compilerOptions: strictest,
    exclude: ['node_modules', 'compiled', 'adapters'],
  },
  // Declarations of LangChain, which those of LangGraph import, are wrong if optional is exact.
  'adapters/tsconfig.json': {
    compilerOptions: { ...strictest, exactOptionalPropertyTypes: false },
    exclude: ['unchecked'],
  },
  // Those of the OpenAI Agents SDK have errors beside @types/node, and those of ADK import what only
  // some of its users install.
  'adapters/unchecked/tsconfig.json': {
    compilerOptions: { ...strictest, skipLibCheck: true },
  },
}
