import type { Rule } from '../rule.ts'
import { workspaceDependencies } from '../workspace.ts'

/**
 * The compiler does not object to a missing project reference: it silently compiles the other
 * package's sources into this one. So the references are the workspace dependencies, exactly.
 */
export const referencesEqualDependencies: Rule = (workspace) =>
  [...workspace.packages, ...workspace.privatePackages].flatMap((owner) => {
    const dependencies = workspaceDependencies(workspace, owner).map(({ folder }) => folder)
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
