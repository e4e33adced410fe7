import { entryFile, resolveImport, type Target } from './resolve-import.ts'
import type { SourceImport } from './source-imports.ts'
import type { SourceFile, Workspace } from './workspace.ts'

export interface Step {
  readonly file: SourceFile
  readonly sourceImport: SourceImport
  readonly target: Target
}

/**
 * Walks from a file along everything that is imported when it is, or named in its declarations:
 * `import type` counts, `import()` does not. Answers the first step that `stop` accepts, with the
 * files that lead to it.
 */
export function findOnTheWay(
  workspace: Workspace,
  start: string,
  stop: (step: Step) => boolean,
): { readonly step: Step; readonly way: readonly string[] } | undefined {
  const files = new Map(
    workspace.packages.flatMap((owner) => owner.files.map((file) => [file.path, file])),
  )
  const ways = new Map([[start, [start]]])
  for (const [path, way] of ways) {
    const file = files.get(path)
    if (!file) continue
    for (const sourceImport of file.imports) {
      if (sourceImport.kind === 'dynamic') continue
      const target = resolveImport(workspace, file, sourceImport.specifier)
      const step = { file, sourceImport, target }
      if (stop(step)) return { step, way }
      const next = targetFile(target)
      if (next !== undefined && !ways.has(next)) ways.set(next, [...way, next])
    }
  }
  return undefined
}

export function targetFile(target: Target): string | undefined {
  if (target.kind === 'file') return target.path
  return target.kind === 'workspace' ? entryFile(target.owner, target.entry) : undefined
}
