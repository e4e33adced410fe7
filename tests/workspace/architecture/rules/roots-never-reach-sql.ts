import { findOnTheWay, targetFile } from '../static-reach.ts'
import { entryFile } from '../resolve-import.ts'
import { isLibrary, type Rule } from '../rule.ts'
import type { WorkspacePackage } from '../workspace.ts'

/**
 * An entry other than `./sql` never imports sql statically, over however many files, so that a
 * store without SQL loads no kysely and compiles without its types. This holds for core and its kit
 * as well, or else no store could keep to it.
 */
export const rootsNeverReachSql: Rule = (workspace) =>
  workspace.packages
    .filter(({ role }) => role === 'core' || role === 'store')
    .flatMap((owner) => entriesOf(owner))
    .flatMap((root) => {
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

function entriesOf(owner: WorkspacePackage): readonly string[] {
  return Object.keys(owner.manifest.exports ?? {}).flatMap((entry) => {
    const file = entryFile(owner, entry)
    return entry === './sql' || file?.endsWith('.ts') !== true ? [] : [file]
  })
}
