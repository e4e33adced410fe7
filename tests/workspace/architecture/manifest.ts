import type { WorkspacePackage } from './workspace.ts'

/**
 * Returns the names of what comes along when a package is installed: its dependencies and its
 * peers.
 */
export function installedWith({ manifest }: WorkspacePackage): readonly string[] {
  return Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })
}

export function isDeclared(owner: WorkspacePackage, name: string): boolean {
  return installedWith(owner).includes(name)
}

export function isPeer({ manifest }: WorkspacePackage, name: string): boolean {
  return name in (manifest.peerDependencies ?? {})
}

export function isOptionalPeer(owner: WorkspacePackage, name: string): boolean {
  return isPeer(owner, name) && owner.manifest.peerDependenciesMeta?.[name]?.optional === true
}
