import { isInSql, isLibrary, ruleAboutImports, type Rule } from '../rule.ts'

/** Rule 1, first half: core imports nothing of the workspace. */
export const coreImportsNothing: Rule = ruleAboutImports(['core'], ({ owner, target }) =>
  target.kind === 'workspace' && target.owner !== owner
    ? 'core imports nothing of the workspace'
    : undefined,
)

/** Rule 1, second half: only core/sql imports kysely, and not for a type either. */
export const onlySqlImportsKysely: Rule = ruleAboutImports(['core', 'store'], ({ file, target }) =>
  isLibrary(target, 'kysely') && !isInSql(file) ? 'only src/sql imports kysely' : undefined,
)
