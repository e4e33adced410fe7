import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

import { sourceImports, type SourceImport } from './source-imports.ts'

export interface Workspace {
  readonly root: string
  /** What gets published: the folders under packages/. */
  readonly packages: readonly WorkspacePackage[]
  /** What does not: tests, and the folders under examples/. */
  readonly privatePackages: readonly WorkspacePackage[]
}

export interface WorkspacePackage {
  readonly name: string
  readonly role: Role
  /** From the workspace's root, as all paths here are; with forward slashes. */
  readonly folder: string
  readonly manifest: Manifest
  /** The folders of the packages that the tsconfig refers to, sorted. */
  readonly references: readonly string[]
  readonly files: readonly SourceFile[]
}

/** An engine serves every store on SQL; a store driver serves one store without it. */
export type Role = 'core' | 'store' | 'engine' | 'store driver' | 'conformance' | 'private'

export interface SourceFile {
  readonly path: string
  readonly source: string
  readonly imports: readonly SourceImport[]
}

export interface Manifest {
  readonly name: string
  readonly exports?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

export function readWorkspace(root: string): Workspace {
  const read = (pattern: string): readonly WorkspacePackage[] =>
    globSync(`${pattern}/package.json`, { cwd: root })
      .map((manifest) => manifest.replaceAll('\\', '/').replace(/\/package\.json$/, ''))
      .toSorted()
      .map((folder) => readPackage(root, folder))
  return {
    root,
    packages: read('packages/*'),
    privatePackages: [...read('tests'), ...read('examples/*')],
  }
}

function readPackage(root: string, folder: string): WorkspacePackage {
  const manifest = readJson<Manifest>(join(root, folder, 'package.json'))
  return {
    name: manifest.name,
    role: roleOf(folder),
    folder,
    manifest,
    references: readReferences(root, folder),
    files: globSync(`${folder}/src/**/*.ts`, { cwd: root })
      .map((path) => path.replaceAll('\\', '/'))
      .toSorted()
      .map((path) => {
        const source = readFileSync(join(root, path), 'utf8')
        return { path, source, imports: sourceImports(path, source) }
      }),
  }
}

function roleOf(folder: string): Role {
  if (!folder.startsWith('packages/')) return 'private'
  const name = basename(folder)
  if (name === 'core' || name === 'conformance') return name
  if (name === 'driver-fs') return 'store driver'
  return name.startsWith('driver-') ? 'engine' : 'store'
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

/** The workspace packages that a package depends on, in whatever way, sorted by name. */
export function workspaceDependencies(
  workspace: Workspace,
  { manifest }: WorkspacePackage,
): readonly WorkspacePackage[] {
  const names = new Set(
    Object.keys({
      ...manifest.dependencies,
      ...manifest.peerDependencies,
      ...manifest.devDependencies,
    }),
  )
  return workspace.packages.filter(({ name }) => names.has(name))
}
