import { fileURLToPath } from 'node:url'
import { InvalidConfigError, schemeOf } from '@harborage/core'

/** The path that SQLite takes for a database without a file. */
export const IN_MEMORY = ':memory:'

/**
 * Finds the path in a DSN. Whatever SQLite or the file system would understand in another way than the reader is
 * refused: a NUL cuts a path short, ` :memory: ` is silently volatile, and `file:x.db?mode=memory` is a file name.
 *
 * @throws `invalid_config`
 */
export function databasePath(dsn: string): string {
  const path = stripScheme(dsn)
  if (path === IN_MEMORY) return path
  if (path === '') throw refuse('names no file')
  if (path !== path.trim()) throw refuse('begins or ends with white space')
  if (path.includes('\0')) throw refuse('holds a NUL character')
  if (!path.isWellFormed()) throw refuse('holds a lone surrogate')
  if (path.includes('?'))
    throw refuse('holds a "?": options are not read from it but passed to openSqlite()')
  if (path.toLowerCase().includes(IN_MEMORY)) throw refuse('mixes ":memory:" with a file name')
  if (schemeOf(path) !== undefined) throw refuse('names a second scheme')
  return path
}

function stripScheme(dsn: string): string {
  switch (schemeOf(dsn)) {
    case undefined:
      return dsn
    case 'sqlite':
      return stripAuthority(dsn.slice('sqlite:'.length))
    case 'file':
      return /^file:\/\//i.test(dsn) ? pathOfUrl(dsn) : dsn.slice('file:'.length)
    default:
      throw refuse('has a scheme other than "sqlite:" and "file:"')
  }
}

/** `sqlite:///srv/a.db` is the path `/srv/a.db`; with two slashes the first name would be a host. */
function stripAuthority(rest: string): string {
  if (rest.startsWith('///')) return rest.slice(2)
  if (rest.startsWith('//'))
    throw refuse('names a host: write "sqlite:" before the path, without "//"')
  return rest
}

function pathOfUrl(url: string): string {
  // Left to itself the conversion would drop them silently.
  if (/[?#]/.test(url)) throw refuse('holds a "?" or "#", which no file URL may')
  try {
    return fileURLToPath(url)
  } catch (cause) {
    throw refuse('is not a valid file URL', cause)
  }
}

function refuse(fault: string, cause?: unknown): InvalidConfigError {
  return new InvalidConfigError(
    `dsn ${fault}: pass "sqlite:./agent.db", a plain path, or ":memory:"`,
    { cause },
  )
}
