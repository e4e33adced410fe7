import { entryFile } from '../resolve-import.ts'
import { roleNames, roles, type AllowedImport } from '../roles.ts'
import { isIn, ruleAboutImports, type ImportInPackage, type Rule } from '../rule.ts'

/** A package imports of the workspace what the table of roles allows to its role. */
export const importsFollowRoles: Rule = ruleAboutImports(roleNames, (found) => {
  const { owner, role, target } = found
  if (target.kind !== 'workspace' || target.owner === owner) return undefined
  const { imports } = roles[role]
  if (imports.some((allowed) => allows(allowed, found))) return undefined
  return `what has the role ${role} imports ${imports.map(describe).join(', ') || 'nothing'}`
})

function allows(
  { role, entries, from, kinds }: AllowedImport,
  { file, owner, target, sourceImport }: ImportInPackage,
): boolean {
  if (target.kind !== 'workspace' || target.owner.role !== role) return false
  if (entryFile(target.owner, target.entry) === undefined) return false
  return (
    entries?.includes(target.entry) !== false &&
    kinds?.includes(sourceImport.kind) !== false &&
    (from === undefined || isIn(owner, from, file))
  )
}

function describe({ role, entries, from, kinds }: AllowedImport): string {
  return [
    ...(kinds === undefined ? [] : [`by ${kinds.join(' or ')} only`]),
    role,
    ...(entries === undefined ? [] : [entries.join(' and ')]),
    ...(from === undefined ? [] : [`from src/${from}`]),
  ].join(' ')
}
