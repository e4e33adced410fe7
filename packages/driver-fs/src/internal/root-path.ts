import { HarborageError } from '@harborage/core'
import { schemeOf } from '@harborage/core/kit'

/**
 * Finds the path in a DSN.
 *
 * @throws `invalid_config`
 */
export function rootPath(dsn: string): string {
  const scheme = schemeOf(dsn)
  if (scheme !== undefined && scheme !== 'fs') throw refuse('has a scheme other than "fs:"')
  const path = scheme === undefined ? dsn : stripAuthority(dsn.slice('fs:'.length))
  if (path === '' || path !== path.trim())
    throw refuse('names no folder, or has white space around it')
  if (path.includes('\0')) throw refuse('holds a NUL character')
  if (path.startsWith('//')) throw refuse('names a host')
  if (scheme !== undefined && path.includes('?')) {
    throw refuse(
      'holds a "?", but no options are read from it (retryTimeoutMs is passed to openFsArtifactDriver())',
    )
  }
  return path
}

/**
 * `fs:///srv/artifacts` is the path `/srv/artifacts`; with two slashes the first name would be a
 * host.
 */
function stripAuthority(rest: string): string {
  return rest.startsWith('///') ? rest.slice(2) : rest
}

function refuse(fault: string): HarborageError {
  return new HarborageError('invalid_config', `dsn ${fault}: pass "fs:./artifacts" or a plain path`)
}
