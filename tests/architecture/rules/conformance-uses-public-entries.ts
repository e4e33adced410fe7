import { entryFile } from '../resolve-import.ts'
import { ruleAboutImports, type Rule } from '../rule.ts'

const testRunners = ['vitest', 'jest', '@jest/globals', 'mocha', 'chai', 'ava', 'tap', 'bun:test']

/** Rule 4, first half: conformance imports core's and the stores' public entries only. */
export const conformanceUsesPublicEntries: Rule = ruleAboutImports(
  ['conformance'],
  ({ owner, target }) => {
    if (target.kind !== 'workspace' || target.owner === owner) return undefined
    if (target.owner.role !== 'core' && target.owner.role !== 'store') {
      return 'conformance imports core and the stores only'
    }
    return entryFile(target.owner, target.entry) === undefined || target.entry === './sql'
      ? 'conformance imports public entries only, and no SQL'
      : undefined
  },
)

/** Rule 4, second half: no test runner; describe and it are handed in. */
export const conformanceImportsNoRunner: Rule = ruleAboutImports(['conformance'], ({ target }) => {
  const runner =
    (target.kind === 'library' && testRunners.includes(target.name)) ||
    (target.kind === 'node' && target.name.startsWith('node:test'))
  return runner ? 'describe and it are handed in' : undefined
})
