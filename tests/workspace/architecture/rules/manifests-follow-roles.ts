import { clientLibraries, clientsOf } from '../client-libraries.ts'
import { installedWith, isOptionalPeer, isPeer } from '../manifest.ts'
import { roles } from '../roles.ts'
import type { Rule } from '../rule.ts'
import type { Workspace, WorkspacePackage } from '../workspace.ts'

/**
 * Checks that a package does not install a package that its role may not import. A tool is never
 * installed along: it is an optional peer.
 */
export const dependenciesFollowRoles: Rule = (workspace) =>
  installed(workspace).flatMap(({ owner, role, dependency }) =>
    roles[role].imports.some((allowed) => allowed.role === dependency.role) &&
    (dependency.role !== 'tool' || isOptionalPeer(owner, dependency.name))
      ? []
      : [
          `${owner.folder}/package.json depends on ${dependency.name}: what has the role ${role}` +
            ` does not depend on what has the role ${dependency.role}`,
        ],
  )

/** Nor a client library with what is no engine, not even for its tests. */
export const clientsComeWithEngines: Rule = (workspace) => {
  const clients = clientLibraries(workspace)
  return workspace.packages
    .filter(({ role }) => role !== undefined && roles[role].libraries.client === undefined)
    .flatMap((owner) =>
      [...installedWith(owner), ...Object.keys(owner.manifest.devDependencies ?? {})]
        .filter((name) => clients.has(name))
        .map((name) => `${owner.folder}/package.json depends on ${name}: only its engine does`),
    )
}

/** An engine is for one client library, a store driver for one store. */
export const driversAreForOne: Rule = (workspace) =>
  workspace.packages.flatMap((owner) => {
    const driven = drivenBy(owner, workspace)
    if (driven === undefined || driven.names.length <= 1) return []
    const names = driven.names.join(' and ')
    return [`${owner.folder}/package.json depends on ${names}: it is for one ${driven.what}`]
  })

function drivenBy(
  owner: WorkspacePackage,
  workspace: Workspace,
): { readonly what: string; readonly names: readonly string[] } | undefined {
  if (owner.role === 'engine') {
    return { what: 'client library', names: clientsOf(owner, workspace) }
  }
  if (owner.role !== 'store driver') return undefined
  const stores = workspace.packages.filter(({ role }) => role === 'store')
  return {
    what: 'store',
    names: installedWith(owner).filter((name) => stores.some((store) => store.name === name)),
  }
}

/** The engine that a bundle brings along. */
const bundled = '@harborage/driver-sqlite'

/** A bundle depends on driver-sqlite; another engine is the user's choice, an optional peer. */
export const bundlesBringOneEngine: Rule = (workspace) =>
  workspace.packages
    .filter(({ role }) => role === 'bundle')
    .flatMap((owner) => {
      const missing = bundled in (owner.manifest.dependencies ?? {})
      const engines = workspace.packages.filter(({ role }) => role === 'engine')
      return [
        ...(missing ? [] : [`${owner.folder}/package.json does not depend on ${bundled}`]),
        ...engines
          .map(({ name }) => name)
          .filter((name) => name !== bundled && installedWith(owner).includes(name))
          .filter(
            (name) => !isOptionalPeer(owner, name) || name in (owner.manifest.dependencies ?? {}),
          )
          .map((name) => `${owner.folder}/package.json has ${name} not as an optional peer`),
      ]
    })

/** An adapter is for a framework, which the user brings. */
export const adaptersHaveAFramework: Rule = ({ packages }) =>
  packages
    .filter(({ role }) => role === 'adapter')
    .filter((owner) => {
      const names = new Set(packages.map(({ name }) => name))
      return !installedWith(owner).some((name) => isPeer(owner, name) && !names.has(name))
    })
    .map(({ folder }) => `${folder}/package.json has no framework as a peer`)

function installed(workspace: Workspace) {
  const candidates = [...workspace.packages, ...workspace.privatePackages]
  return workspace.packages.flatMap((owner) =>
    candidates
      .filter(({ name }) => installedWith(owner).includes(name))
      .flatMap((dependency) => {
        const { role } = owner
        return role === undefined || dependency.role === undefined
          ? []
          : [{ owner, role, dependency }]
      }),
  )
}
