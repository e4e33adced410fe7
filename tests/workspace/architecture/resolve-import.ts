import { posix } from 'node:path'

import type { SourceFile, Workspace, WorkspacePackage } from './workspace.ts'

export type Target =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'workspace'; readonly owner: WorkspacePackage; readonly entry: string }
  | { readonly kind: 'node'; readonly name: string }
  | { readonly kind: 'library'; readonly name: string }

/** Returns what an import's specifier means in the file that holds it. */
export function resolveImport(workspace: Workspace, file: SourceFile, specifier: string): Target {
  if (specifier.startsWith('.')) {
    return { kind: 'file', path: posix.join(posix.dirname(file.path), specifier) }
  }
  if (specifier.startsWith('node:')) return { kind: 'node', name: specifier }
  const name = packageNameOf(specifier)
  const owner = [...workspace.packages, ...workspace.privatePackages].find(
    (candidate) => candidate.name === name,
  )
  if (owner) return { kind: 'workspace', owner, entry: `.${specifier.slice(name.length)}` }
  return { kind: 'library', name }
}

function packageNameOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}

/**
 * Returns the source behind an entry of the exports map, or undefined if the map has no such entry.
 */
export function entryFile(owner: WorkspacePackage, entry: string): string | undefined {
  for (const [pattern, path] of Object.entries(owner.manifest.exports ?? {})) {
    const [start = '', end] = pattern.split('*')
    if (end === undefined && pattern === entry) return posix.join(owner.folder, path)
    if (end === undefined || !entry.startsWith(start) || !entry.endsWith(end)) continue
    const name = entry.slice(start.length, entry.length - end.length)
    return posix.join(owner.folder, path.replace('*', name))
  }
  return undefined
}
