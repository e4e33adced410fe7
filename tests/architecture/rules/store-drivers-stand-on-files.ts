import { isLibrary, ruleAboutImports, type Rule } from '../rule.ts'

/** The one store that each store driver is for. */
const stores: Readonly<Record<string, string>> = { 'packages/driver-fs': 'packages/artifacts' }

/**
 * Beside rule 3: a store driver without SQL imports core and its store, never their sql, what Node brings, and zod; so
 * whoever installs it gets no database client.
 */
export const storeDriversNeedNoSql: Rule = ruleAboutImports(
  ['store driver'],
  ({ owner, target }) => {
    switch (target.kind) {
      case 'workspace': {
        const { folder, role } = target.owner
        if (target.entry === './sql') return 'a store driver is not on SQL'
        return target.owner === owner || role === 'core' || folder === stores[owner.folder]
          ? undefined
          : 'a store driver imports core and its store only'
      }
      case 'library':
        return isLibrary(target, 'zod') ? undefined : 'a store driver imports no library but zod'
      case 'file':
      case 'node':
        return undefined
    }
  },
)
