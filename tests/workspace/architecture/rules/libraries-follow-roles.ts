import { clientLibraries } from '../client-libraries.ts'
import { roleNames, roles } from '../roles.ts'
import { isIn, ruleAboutImports, type Rule } from '../rule.ts'
import { isDeclared, isPeer } from '../manifest.ts'

/** kysely is imported where the table of roles allows it, and nowhere else for a type either. */
export const kyselyStaysInSql: Rule = ruleAboutImports(
  roleNames,
  ({ owner, role, file, target }) => {
    if (target.kind !== 'library' || target.name !== 'kysely') return undefined
    const { kysely } = roles[role].libraries
    if (kysely === 'everywhere') return undefined
    if (kysely === undefined) return `what has the role ${role} does not know kysely`
    return isIn(owner, kysely, file) ? undefined : `only src/${kysely} imports kysely`
  },
)

/** The client library of an engine is imported by that engine only. */
export const clientsStayInEngines: Rule = (workspace) => {
  const clients = clientLibraries(workspace)
  return ruleAboutImports(roleNames, ({ owner, role, target }) => {
    if (target.kind !== 'library' || !clients.has(target.name)) return undefined
    const { client } = roles[role].libraries
    return client === 'any' || (client === 'one' && isDeclared(owner, target.name))
      ? undefined
      : 'only its engine imports a client library'
  })(workspace)
}

/** What else a role may import, or not: only some libraries, none of some, or only peers. */
export const librariesFollowRoles: Rule = (workspace) => {
  const clients = clientLibraries(workspace)
  return ruleAboutImports(roleNames, ({ owner, role, target }) => {
    const { only, never, asPeers } = roles[role].libraries
    if (target.kind === 'node') {
      return never !== undefined && target.name.startsWith('node:test')
        ? `what has the role ${role} imports no test runner: it is handed in`
        : undefined
    }
    if (target.kind !== 'library' || target.name === 'kysely' || clients.has(target.name)) {
      return undefined
    }
    if (never?.includes(target.name)) return `what has the role ${role} is handed a test runner`
    if (only?.includes(target.name) === false) {
      return `what has the role ${role} imports no library but ${only.join(', ')}`
    }
    return asPeers && target.name !== 'zod' && !isPeer(owner, target.name)
      ? `what has the role ${role} has its framework as a peer dependency`
      : undefined
  })(workspace)
}
