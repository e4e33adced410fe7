import { isDeclared } from '../manifest.ts'
import { entryFile } from '../resolve-import.ts'
import { roleNames } from '../roles.ts'
import { ruleAboutImports, type Rule } from '../rule.ts'

const published = roleNames.filter((role) => role !== 'private')

/** Nothing published imports tests/, examples/ or bench/: private packages do, and no one else. */
export const publishedImportsNothingPrivate: Rule = ruleAboutImports(
  published,
  ({ owner, target }) => {
    if (target.kind === 'workspace' && target.owner.role === 'private') {
      return 'nothing published imports what is private'
    }
    return target.kind === 'file' && !target.path.startsWith(`${owner.folder}/src/`)
      ? 'nothing published imports a file outside its own src'
      : undefined
  },
)

/** A package is reached through its exports map only, and through its name only by others. */
export const packagesAreEnteredByTheirExports: Rule = ruleAboutImports(published, ({ target }) =>
  target.kind === 'workspace' && entryFile(target.owner, target.entry) === undefined
    ? 'it is not in the exports map of its package'
    : undefined,
)

/** What a package imports comes along when it is installed: it stands in its manifest. */
export const importsAreDeclared: Rule = ruleAboutImports(published, ({ owner, target }) => {
  if (target.kind === 'file' || target.kind === 'node') return undefined
  const name = target.kind === 'library' ? target.name : target.owner.name
  return isDeclared(owner, name) || name === owner.name
    ? undefined
    : `${owner.folder}/package.json has it neither as a dependency nor as a peer`
})

/**
 * kysely is an internal detail: a peer would be the user's to install, and to keep at one version.
 */
export const kyselyIsNoPeer: Rule = ({ packages }) =>
  packages
    .filter(({ manifest }) => 'kysely' in (manifest.peerDependencies ?? {}))
    .map(({ folder }) => `${folder}/package.json has kysely as a peer: make it a dependency`)
