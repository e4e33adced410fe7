import { HarborageError } from '@harborage/core'

const OLDEST = { major: 22, minor: 14 }

/**
 * On an older Node.js better-sqlite3 ends the whole process, without a word, when it opens a
 * database.
 *
 * @throws `invalid_config`
 */
export function requireNodeVersion(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor)) return
  throw new HarborageError(
    'invalid_config',
    `@harborage/driver-sqlite needs Node.js ${OLDEST.major}.${OLDEST.minor} or newer; this is ${version}`,
  )
}
