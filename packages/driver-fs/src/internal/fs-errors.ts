import { relative } from 'node:path'
import { HarborageError, isHarborageError } from '@harborage/core'
import { codeOf } from '@harborage/core/kit'

/** Gives nothing where what was asked for is not there; any other failure stays one. */
export function ifMissing(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error
}

/** Whether the same work may succeed once somebody has made room. */
export function isFull(error: unknown): boolean {
  const code = codeOf(isHarborageError(error, 'outcome_unknown') ? error.cause : error)
  return code === 'ENOSPC' || code === 'EDQUOT'
}

/** Whether the process, or the system, has as many files open as it may. */
export function isShortOfFiles(error: unknown): boolean {
  const code = codeOf(error)
  return code === 'EMFILE' || code === 'ENFILE'
}

/** Whether somebody with more rights could do it. */
export function isForbidden(error: unknown): boolean {
  const code = codeOf(error)
  return code === 'EACCES' || code === 'EPERM' || code === 'EROFS'
}

/** The code of what {@link foreignEntry} returns. */
const FOREIGN = 'FOREIGN_ENTRY'

/**
 * Returns the failure for a link or anything else below the root that is none of the store's: it
 * may lead anywhere. As of a failure of the system, {@link translateFsError} makes an error of it.
 */
export function foreignEntry(path: string): Error {
  return Object.assign(new Error('not a folder or file of the store'), { code: FOREIGN, path })
}

/**
 * Returns the error for what is none of the store's. Paths below the root hold no text of a caller.
 */
export function foreignEntryError(path: string, root: string, cause?: unknown): HarborageError {
  return new HarborageError(
    'store_unavailable',
    `something other than a folder or file of this store lies below its root, at "${relative(root, path)}": remove it`,
    { retryable: false, ...(cause === undefined ? {} : { cause }) },
  )
}

/** Returns the error for a root that is to be verified and is not there. */
export function missingRoot(): HarborageError {
  return new HarborageError(
    'schema_outdated',
    "the artifact folder is not there: open the store once with migrate: 'apply', or make the folder",
  )
}

/**
 * As {@link translateFsError}, while the root is opened: a file in its place is a mistake of the
 * configuration.
 */
export function translateOpenError(error: unknown, root: string): unknown {
  const code = codeOf(error)
  if (code !== 'ENOTDIR' && code !== 'EEXIST') return translateFsError(error, root)
  return new HarborageError(
    'invalid_config',
    'the artifact folder, or one above it, is a file: name a folder',
    { cause: error },
  )
}

/** Turns an error of the file system into one of Harborage; any other error stays as it is. */
export function translateFsError(error: unknown, root: string): unknown {
  const code = codeOf(error)
  if (isHarborageError(error) || code === undefined) return error
  switch (code) {
    case 'ENAMETOOLONG':
      return new HarborageError(
        'invalid_config',
        'the path of the artifact folder is too long: shorten it',
        { cause: error },
      )
    case FOREIGN:
      return foreignEntryError(pathIn(error) ?? root, root)
    case 'ENOTDIR':
      return new HarborageError(
        'store_unavailable',
        'something other than a folder of this store lies below its root: remove it',
        { cause: error, retryable: false },
      )
    case 'ENOSPC':
    case 'EDQUOT':
      return new HarborageError(
        'store_unavailable',
        'the disk is full: free some space, then call again',
        { cause: error },
      )
    case 'EMFILE':
    case 'ENFILE':
      return new HarborageError(
        'store_unavailable',
        `too many files are open (${code}): raise the limit of the process (ulimit -n), or of the system, then call again`,
        { cause: error },
      )
    case 'EFBIG':
      return new HarborageError(
        'store_unavailable',
        'the file system, or a limit of the process, allows no file of this size: raise it, or lower maxBytes',
        { cause: error, retryable: false },
      )
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new HarborageError(
        'store_unavailable',
        `the artifact folder cannot be written (${code}): check its owner, its rights and the file system`,
        { cause: error, retryable: false },
      )
    default:
      return new HarborageError(
        'store_unavailable',
        `the artifact folder failed (${code}): see the cause`,
        { cause: error },
      )
  }
}

/** Returns the path that a failure of the system names. */
export function pathIn(error: unknown): string | undefined {
  const path = typeof error === 'object' && error !== null && 'path' in error && error.path
  return typeof path === 'string' ? path : undefined
}
