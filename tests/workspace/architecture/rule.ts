import { resolveImport, type Target } from './resolve-import.ts'
import type { Role } from './roles.ts'
import type { SourceImport } from './source-imports.ts'
import type { SourceFile, Workspace, WorkspacePackage } from './workspace.ts'

/** Returns the violations of a rule in a workspace, one line each. */
export type Rule = (workspace: Workspace) => readonly string[]

export interface ImportInPackage {
  readonly owner: WorkspacePackage
  /** The role of the owner. */
  readonly role: Role
  readonly file: SourceFile
  readonly sourceImport: SourceImport
  readonly target: Target
}

/**
 * Returns a rule about single imports. `objection` returns the reason of a violation, or undefined.
 */
export function ruleAboutImports(
  roles: readonly Role[],
  objection: (found: ImportInPackage) => string | undefined,
): Rule {
  return (workspace) =>
    [...workspace.packages, ...workspace.privatePackages].flatMap((owner) => {
      const { role } = owner
      if (role === undefined || !roles.includes(role)) return []
      return owner.files.flatMap((file) =>
        file.imports.flatMap((sourceImport) => {
          const target = resolveImport(workspace, file, sourceImport.specifier)
          const reason = objection({ owner, role, file, sourceImport, target })
          if (reason === undefined) return []
          return [`${file.path}:${sourceImport.line} imports ${sourceImport.specifier}: ${reason}`]
        }),
      )
    })
}

/** Returns whether a file is in that folder of its package's src. */
export function isIn(owner: WorkspacePackage, folder: string, { path }: SourceFile): boolean {
  return path.startsWith(`${owner.folder}/src/${folder}/`)
}

export function isLibrary(target: Target, ...names: readonly string[]): boolean {
  return target.kind === 'library' && names.includes(target.name)
}
