import type { Rule } from '../rule.ts'
import {
  privateDependencies,
  workspaceDependencies,
  type Workspace,
  type WorkspacePackage,
} from '../workspace.ts'

/**
 * The compiler does not object to a missing project reference: it silently compiles the other
 * package's sources into this one. So the references are the workspace dependencies, exactly.
 */
export const referencesEqualDependencies: Rule = (workspace) =>
  compiledTogether(workspace).flatMap((owner) => {
    const dependencies = compiledBefore(workspace, owner).map(({ folder }) => folder)
    const missing = dependencies.filter((folder) => !owner.references.includes(folder))
    const superfluous = owner.references.filter((folder) => !dependencies.includes(folder))
    return [
      ...missing.map((folder) => `${owner.folder}/tsconfig.json has no reference to ${folder}`),
      ...superfluous.map(
        (folder) =>
          `${owner.folder}/tsconfig.json refers to ${folder}, which it does not depend on`,
      ),
    ]
  })

/** A published package depends on what is private for its tests, which therefore refer to it. */
export const testsReferToTheirKit: Rule = (workspace) =>
  workspace.packages.flatMap((owner) =>
    privateDependencies(workspace, owner)
      .filter(({ folder }) => !owner.testReferences.includes(folder))
      .map(({ folder }) => `${owner.folder}/test/tsconfig.json has no reference to ${folder}`),
  )

/**
 * The root's tsconfig refers to every package and to the tests of each, so that `tsc -b` sees all.
 */
export const rootRefersToAll: Rule = (workspace) =>
  compiledTogether(workspace)
    .flatMap(({ folder, hasTests }) =>
      // The sources and the tests of an example are one project.
      hasTests && !folder.startsWith('examples/') ? [folder, `${folder}/test`] : [folder],
    )
    .filter((folder) => !workspace.references.includes(folder))
    .map((folder) => `tsconfig.json has no reference to ${folder}`)

/**
 * Returns what the sources of a package need: those of a published one need nothing that is
 * private.
 */
function compiledBefore(
  workspace: Workspace,
  owner: WorkspacePackage,
): readonly WorkspacePackage[] {
  const published = workspaceDependencies(workspace, owner)
  if (owner.role !== 'private') return published
  return [...published, ...privateDependencies(workspace, owner)]
}

/**
 * Returns all but the benchmark, which has an installation of its own and is compiled by itself.
 */
function compiledTogether(workspace: Workspace): readonly WorkspacePackage[] {
  return [...workspace.packages, ...workspace.privatePackages].filter(
    ({ folder }) => folder !== 'bench',
  )
}
