import { resolveImport, type Target } from './resolve-import.ts'
import type { SourceImport } from './source-imports.ts'
import type { SourceFile, Workspace, WorkspacePackage } from './workspace.ts'

/** Looks at a whole workspace and says, one line each, where it breaks the rule. */
export type Rule = (workspace: Workspace) => readonly string[]

export interface ImportInPackage {
  readonly owner: WorkspacePackage
  readonly file: SourceFile
  readonly sourceImport: SourceImport
  readonly target: Target
}

/** A rule about each import by itself: it answers what is wrong with one, or undefined. */
export function ruleAboutImports(
  roles: readonly WorkspacePackage['role'][],
  objection: (found: ImportInPackage) => string | undefined,
): Rule {
  return (workspace) =>
    workspace.packages
      .filter(({ role }) => roles.includes(role))
      .flatMap((owner) =>
        owner.files.flatMap((file) =>
          file.imports.flatMap((sourceImport) => {
            const target = resolveImport(workspace, file, sourceImport.specifier)
            const reason = objection({ owner, file, sourceImport, target })
            if (reason === undefined) return []
            return [
              `${file.path}:${sourceImport.line} imports ${sourceImport.specifier}: ${reason}`,
            ]
          }),
        ),
      )
}

/** Whether a file is in its package's src/sql folder, the only place for kysely. */
export function isInSql({ path }: SourceFile): boolean {
  return /^packages\/[^/]+\/src\/sql\//.test(path)
}

export function isLibrary(target: Target, ...names: readonly string[]): boolean {
  return target.kind === 'library' && names.includes(target.name)
}
