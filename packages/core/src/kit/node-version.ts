import { HarborageError } from '../harborage-error.ts'

/** The oldest supported Node.js. */
const OLDEST = { major: 22, minor: 14 }

/**
 * Checks the version of Node.js. On an older one functions are missing, and better-sqlite3 silently
 * ends the process when it opens a database.
 *
 * @param packageName The package that needs the version.
 * @throws `invalid_config` if it is too old.
 */
export function requireNodeVersion(packageName: string): void {
  const version = process.versions.node
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor)) return
  throw new HarborageError(
    'invalid_config',
    `${packageName} needs Node.js ${OLDEST.major}.${OLDEST.minor} or newer; this is ${version}`,
  )
}
