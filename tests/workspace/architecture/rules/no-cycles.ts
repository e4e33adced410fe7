import { resolveImport } from '../resolve-import.ts'
import type { Rule } from '../rule.ts'
import { targetFile } from '../static-reach.ts'
import { workspaceDependencies } from '../workspace.ts'

/** No cycles among the packages, by any kind of dependency. */
export const packagesHaveNoCycle: Rule = (workspace) => {
  const dependencies = new Map(
    workspace.packages.map((owner) => [
      owner.name,
      workspaceDependencies(workspace, owner).map(({ name }) => name),
    ]),
  )
  return describeCycles(dependencies)
}

/** No cycles among the files, imports of types and dynamic ones included. */
export const filesHaveNoCycle: Rule = (workspace) => {
  const imports = new Map(
    workspace.packages.flatMap(({ files }) =>
      files.map((file) => [
        file.path,
        file.imports.flatMap(({ specifier }) => {
          const path = targetFile(resolveImport(workspace, file, specifier))
          return path === undefined ? [] : [path]
        }),
      ]),
    ),
  )
  return describeCycles(imports)
}

function describeCycles(edges: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const cycles: string[] = []
  const done = new Set<string>()
  const visit = (node: string, way: readonly string[]): void => {
    const start = way.indexOf(node)
    if (start !== -1) {
      cycles.push(`a cycle: ${[...way.slice(start), node].join(' -> ')}`)
      return
    }
    if (done.has(node)) return
    for (const next of edges.get(node) ?? []) visit(next, [...way, node])
    done.add(node)
  }
  for (const node of edges.keys()) visit(node, [])
  return cycles
}
