import { roleNames, roles } from '../roles.ts'
import type { Rule } from '../rule.ts'

/** Each package declares a role that the table knows. */
export const rolesAreDeclared: Rule = ({ packages, privatePackages }) =>
  [...packages, ...privatePackages]
    .filter(({ role }) => role === undefined)
    .map(({ folder, manifest: { harborage } }) => {
      const known = `the roles are ${roleNames.join(', ')}`
      return harborage?.role === undefined
        ? `${folder}/package.json declares no role: ${known}`
        : `${folder}/package.json declares the unknown role "${harborage.role}": ${known}`
    })

/** A package is in a folder of its role. */
export const rolesAreInTheirFolders: Rule = ({ packages, privatePackages }) =>
  [...packages, ...privatePackages].flatMap(({ folder, role }) => {
    if (role === undefined) return []
    const { folders } = roles[role]
    return folders.includes(folder.split('/', 1).join(''))
      ? []
      : [`${folder} is no folder for its role, ${role}: that is in ${folders.join(', ')}`]
  })

/** Only what has the role private is kept from being published. */
export const onlyPrivateIsUnpublished: Rule = ({ packages, privatePackages }) =>
  [...packages, ...privatePackages]
    .filter(({ role, manifest }) => (role === 'private') !== (manifest.private === true))
    .map(
      ({ folder, role }) =>
        `${folder}/package.json: "private" goes with the role private only,` +
        ` and it has the role ${role ?? 'of none'}`,
    )
