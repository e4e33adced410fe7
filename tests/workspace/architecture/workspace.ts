import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { packageFolders, publishedPatterns } from '../../../scripts/published-packages.ts'
import { roleNames, type Role } from './roles.ts'
import { sourceImports, type SourceImport } from './source-imports.ts'

export interface Workspace {
  readonly root: string
  /** The folders under packages/, adapters/ and tools/: what gets published. */
  readonly packages: readonly WorkspacePackage[]
  /** What does not: tests and their kit, bench, and the folders under examples/. */
  readonly privatePackages: readonly WorkspacePackage[]
  /** The folders that the root's tsconfig refers to, sorted. */
  readonly references: readonly string[]
}

export interface WorkspacePackage {
  readonly name: string
  /** As its package.json declares it; undefined if it declares none, or one that is unknown. */
  readonly role: Role | undefined
  /** From the workspace's root, as all paths here are; with forward slashes. */
  readonly folder: string
  readonly manifest: Manifest
  /** The folders of the packages that the tsconfig refers to, sorted. */
  readonly references: readonly string[]
  /** Of a published package, the folders that the tsconfig of its own tests refers to, sorted. */
  readonly testReferences: readonly string[]
  /** Whether it has tests of its own, in the folder `test`. */
  readonly hasTests: boolean
  readonly files: readonly SourceFile[]
}

export interface SourceFile {
  readonly path: string
  readonly source: string
  readonly imports: readonly SourceImport[]
}

type Dependencies = Readonly<Record<string, string>>

export interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly exports?: Readonly<Record<string, string>>
  readonly dependencies?: Dependencies
  readonly devDependencies?: Dependencies
  readonly peerDependencies?: Dependencies
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>
  readonly harborage?: { readonly role?: string }
}

export function readWorkspace(root: string): Workspace {
  const read = (patterns: readonly string[]): readonly WorkspacePackage[] =>
    packageFolders(root, patterns).map((folder) => readPackage(root, folder))
  return {
    root,
    packages: read(publishedPatterns),
    privatePackages: read(['tests', 'tests/kit', 'bench', 'examples/*']),
    references: readReferences(root, '.'),
  }
}

function readPackage(root: string, folder: string): WorkspacePackage {
  const manifest = readJson<Manifest>(join(root, folder, 'package.json'))
  return {
    name: manifest.name,
    role: roleNames.find((role) => role === manifest.harborage?.role),
    folder,
    manifest,
    references: readReferences(root, folder),
    testReferences: manifest.private === true ? [] : readReferences(root, `${folder}/test`),
    hasTests: existsSync(join(root, folder, 'test')),
    files: globSync(`${folder}/src/**/*.ts`, { cwd: root })
      .map((path) => path.replaceAll('\\', '/'))
      .toSorted()
      .map((path) => {
        const source = readFileSync(join(root, path), 'utf8')
        return { path, source, imports: sourceImports(path, source) }
      }),
  }
}

function readReferences(root: string, folder: string): readonly string[] {
  const path = join(root, folder, 'tsconfig.json')
  if (!existsSync(path)) return []
  const { references = [] } = readJson<{ references?: readonly { path: string }[] }>(path)
  return references
    .map((reference) => join(folder, reference.path).replaceAll('\\', '/'))
    .toSorted()
}

function readJson<Content>(path: string): Content {
  return JSON.parse(readFileSync(path, 'utf8')) as Content
}

/** Returns the published packages that a package depends on, in any way, sorted by folder. */
export function workspaceDependencies(
  workspace: Workspace,
  owner: WorkspacePackage,
): readonly WorkspacePackage[] {
  return workspace.packages.filter(dependencyOf(owner))
}

/** Returns the private packages that a package depends on, such as the kit of the tests. */
export function privateDependencies(
  workspace: Workspace,
  owner: WorkspacePackage,
): readonly WorkspacePackage[] {
  return workspace.privatePackages.filter(dependencyOf(owner))
}

function dependencyOf({ manifest }: WorkspacePackage): (candidate: WorkspacePackage) => boolean {
  const names = new Set(
    Object.keys({
      ...manifest.dependencies,
      ...manifest.peerDependencies,
      ...manifest.devDependencies,
    }),
  )
  return ({ name }) => names.has(name)
}
