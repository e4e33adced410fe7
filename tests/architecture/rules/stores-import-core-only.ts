import { findOnTheWay, targetFile } from '../static-reach.ts'
import { isInSql, isLibrary, ruleAboutImports, type Rule } from '../rule.ts'

/** Rule 2, first half: a store imports core only, never a driver or another store. */
export const storesImportCoreOnly: Rule = ruleAboutImports(['store'], ({ owner, file, target }) => {
  if (target.kind !== 'workspace' || target.owner === owner) return undefined
  if (target.owner.role !== 'core') return 'a store imports core only'
  return target.entry === './sql' && !isInSql(file) ? 'only src/sql imports core/sql' : undefined
})

/**
 * Rule 2, second half: a root entry never imports sql statically, over however many files, so that a store without SQL
 * loads no kysely and compiles without its types. This holds for core as well, or else no store could keep to it.
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
