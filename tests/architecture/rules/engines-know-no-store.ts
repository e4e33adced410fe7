import { isLibrary, ruleAboutImports, type Rule } from '../rule.ts'
import type { WorkspacePackage } from '../workspace.ts'

const clientLibraries: Readonly<Record<string, readonly string[]>> = {
  'packages/driver-sqlite': ['better-sqlite3'],
  'packages/driver-postgres': ['pg'],
}
const allClientLibraries = Object.values(clientLibraries).flat()
const tableNames = ['state_records', 'artifacts_blobs', 'memory_state']

/** Rule 3: an engine package imports core, kysely and its client library; zod reads its config. */
export const enginesImportNoStore: Rule = ruleAboutImports(['engine'], ({ owner, target }) => {
  switch (target.kind) {
    case 'workspace':
      return target.owner === owner || target.owner.role === 'core'
        ? undefined
        : 'an engine package imports core only'
    case 'library':
      return isLibrary(target, 'kysely', 'zod', ...(clientLibraries[owner.folder] ?? []))
        ? undefined
        : 'an engine package imports kysely, zod and its client library only'
    case 'file':
    case 'node':
      return undefined
  }
})

/** Rule 3: no table name in an engine package. */
export const enginesNameNoTable: Rule = (workspace) =>
  workspace.packages
    .filter(({ role }) => role === 'engine')
    .flatMap(({ files }) =>
      files.flatMap(({ path, source }) =>
        tableNames
          .filter((name) => new RegExp(`\\b${name}\\b`, 'i').test(source))
          .map((name) => `${path} names the table ${name}: an engine package knows no table`),
      ),
    )

/** Rule 3: no pg or better-sqlite3 in a store package (nor in core, where every store has it). */
export const storesUseNoClientLibrary: Rule = (workspace) => [
  ...importsNoClientLibrary(workspace),
  ...workspace.packages
    .filter(({ role }) => role === 'core' || role === 'store')
    .flatMap((owner) =>
      declaredClientLibraries(owner).map(
        (name) => `${owner.folder}/package.json depends on ${name}: only its engine package does`,
      ),
    ),
]

const importsNoClientLibrary = ruleAboutImports(['core', 'store'], ({ target }) =>
  isLibrary(target, ...allClientLibraries) ? 'only its engine package imports it' : undefined,
)

function declaredClientLibraries({ manifest }: WorkspacePackage): readonly string[] {
  const declared = {
    ...manifest.dependencies,
    ...manifest.peerDependencies,
    ...manifest.devDependencies,
  }
  return allClientLibraries.filter((name) => name in declared)
}
