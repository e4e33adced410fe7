import { installedWith } from './manifest.ts'
import { roles } from './roles.ts'
import type { Workspace, WorkspacePackage } from './workspace.ts'

/** Returns the client libraries of all engines: what nothing else imports. */
export function clientLibraries(workspace: Workspace): ReadonlySet<string> {
  return new Set(
    workspace.packages
      .filter(({ role }) => role === 'engine')
      .flatMap((engine) => clientsOf(engine, workspace)),
  )
}

/**
 * Returns what an engine depends on beside the workspace's packages and what every engine may have.
 */
export function clientsOf(engine: WorkspacePackage, { packages }: Workspace): readonly string[] {
  const known = [
    'kysely',
    ...(roles.engine.libraries.only ?? []),
    ...packages.map(({ name }) => name),
  ]
  return installedWith(engine).filter(
    (name) => !known.includes(name) && !name.startsWith('@types/'),
  )
}
