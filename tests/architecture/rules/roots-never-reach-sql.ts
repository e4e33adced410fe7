import { findOnTheWay, targetFile } from '../static-reach.ts'
import { isLibrary, type Rule } from '../rule.ts'

/**
 * A root entry never imports sql statically, over however many files, so that a store without SQL
 * loads no kysely and compiles without its types. This holds for core as well, or else no store
 * could keep to it.
 */
export const rootsNeverReachSql: Rule = (workspace) =>
  workspace.packages
    .filter(({ role }) => role === 'core' || role === 'store')
    .flatMap((owner) => {
      const root = `${owner.folder}/src/index.ts`
      const found = findOnTheWay(
        workspace,
        root,
        ({ target }) =>
          isLibrary(target, 'kysely') ||
          /^packages\/[^/]+\/src\/sql\//.test(targetFile(target) ?? ''),
      )
      if (!found) return []
      const { way, step } = found
      return [
        `${root} reaches ${step.sourceImport.specifier} by a static import: ` +
          [...way, step.sourceImport.specifier].join(' -> '),
      ]
    })
