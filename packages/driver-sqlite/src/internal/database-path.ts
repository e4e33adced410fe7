import { fileURLToPath } from 'node:url'
import { HarborageError } from '@harborage/core'
import { schemeOf } from '@harborage/core/kit'

/** The path of a database without a file. */
export const IN_MEMORY = ':memory:'

/**
 * Returns the path in a DSN. Rejects paths that SQLite or the file system would read differently
 * than a person: a NUL ends a path, ` :memory: ` is silently volatile, and `file:x.db?mode=memory`
 * is a file name.
 *
 * @throws `invalid_config` if the DSN has no unambiguous path.
 */
export function databasePath(dsn: string): string {
  const path = stripScheme(dsn)
  if (path === IN_MEMORY) return path
  if (path === '') throw refuse('names no file')
  if (path !== path.trim()) throw refuse('begins or ends with white space')
  if (path.includes('\0')) throw refuse('holds a NUL character')
  if (!path.isWellFormed()) throw refuse('holds a lone surrogate')
  refuseOptions(path)
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

/**
 * Returns the path after `sqlite:`. `sqlite:///srv/a.db` is the path `/srv/a.db`. With two slashes
 * the first name would be a host.
 */
function stripAuthority(rest: string): string {
  if (rest.startsWith('///')) return rest.slice(2)
  if (rest.startsWith('//'))
    throw refuse('names a host: write "sqlite:" before the path, without "//"')
  return rest
}

function pathOfUrl(url: string): string {
  // The conversion would silently drop options.
  refuseOptions(url)
  if (url.includes('#')) throw refuse('holds a "#", which no file URL may')
  try {
    return fileURLToPath(url)
  } catch (cause) {
    throw refuse('is not a valid file URL', cause)
  }
}

/** Replacements for DSN options of other tools. */
const INSTEAD: ReadonlyMap<string, string> = new Map([
  ['busy_timeout', 'use busyTimeoutMs of openSqlite()'],
  ['timeout', 'use busyTimeoutMs of openSqlite()'],
  ['synchronous', 'use durability of openSqlite()'],
  ['secure_delete', 'use secureDelete of openSqlite()'],
  ['mode', 'the file is always read and written, and ":memory:" is a database without a file'],
  ['cache', 'use one openSqlite() for all stores of a process'],
  ['immutable', 'the file is always read and written'],
])

/** Rejects options in a DSN, which would be ignored or become a part of the file name. */
function refuseOptions(path: string): void {
  const start = path.indexOf('?')
  if (start === -1) return
  const names = new Set([...new URLSearchParams(path.slice(start)).keys()].map(lowerCase))
  const advice = [...INSTEAD].flatMap(([name, instead]) =>
    names.has(name) ? [`for "${name}" ${instead}`] : [],
  )
  throw refuse(
    `holds a "?", but no options are read from it (${advice.length === 0 ? 'they are passed to openSqlite()' : advice.join('; ')})`,
  )
}

function refuse(fault: string, cause?: unknown): HarborageError {
  return new HarborageError(
    'invalid_config',
    `dsn ${fault}: pass "sqlite:./agent.db", a plain path, or ":memory:"`,
    { cause },
  )
}

function lowerCase(name: string): string {
  return name.toLowerCase()
}
