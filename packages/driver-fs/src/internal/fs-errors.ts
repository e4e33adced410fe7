import { relative } from 'node:path'
import { HarborageError, isHarborageError } from '@harborage/core'
import { codeOf } from '@harborage/core/kit'

/** Returns `undefined` for a missing file or folder, and throws any other error. */
export function ifMissing(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error
}

/** Returns whether the disk is full, so that a retry may succeed once there is space. */
export function isFull(error: unknown): boolean {
  const code = codeOf(isHarborageError(error, 'outcome_unknown') ? error.cause : error)
  return code === 'ENOSPC' || code === 'EDQUOT'
}

/** Returns whether the process or the system has too many open files. */
export function isShortOfFiles(error: unknown): boolean {
  const code = codeOf(error)
  return code === 'EMFILE' || code === 'ENFILE'
}

/** Returns whether the error is a missing permission. */
export function isForbidden(error: unknown): boolean {
  const code = codeOf(error)
  return code === 'EACCES' || code === 'EPERM' || code === 'EROFS'
}

/** The code of the errors of {@link foreignEntry}. */
const FOREIGN = 'FOREIGN_ENTRY'

/**
 * Returns an error for an entry below the root that is not of the store, such as a link, which may
 * lead anywhere. {@link translateFsError} translates it like an error of the system.
 */
export function foreignEntry(path: string): Error {
  return Object.assign(new Error('not a folder or file of the store'), { code: FOREIGN, path })
}

/**
 * Returns the HarborageError for an entry that is not of the store. Paths below the root contain no
 * text of a caller.
 */
export function foreignEntryError(path: string, root: string, cause?: unknown): HarborageError {
  return new HarborageError(
    'store_unavailable',
    `something other than a folder or file of this store lies below its root, at "${relative(root, path)}": remove it`,
    { retryable: false, ...(cause === undefined ? {} : { cause }) },
  )
}

/** Returns the error for a missing root with `migrate: 'verify'`. */
export function missingRoot(): HarborageError {
  return new HarborageError(
    'schema_outdated',
    "the artifact folder does not exist: open the store once with migrate: 'apply', or make the folder",
  )
}

/** Returns the error if the root that a store opened is gone, or another folder has its path. */
export function vanishedRoot(): HarborageError {
  return new HarborageError(
    'store_unavailable',
    'the artifact folder that this store opened is gone, or another folder is in its place: mount its volume again or put ' +
      'the folder back; if the new one is meant, open the store again',
    { retryable: false },
  )
}

/**
 * Translates an error while the root is opened, as {@link translateFsError} does. A file in its
 * place is a wrong configuration.
 */
export function translateOpenError(error: unknown, root: string): unknown {
  const code = codeOf(error)
  if (code === 'ENOENT') {
    return new HarborageError(
      'store_unavailable',
      'the artifact folder cannot be made where the path leads (ENOENT): check that the folder above it is there and on a disk, then open again',
      { cause: error, retryable: false },
    )
  }
  if (code !== 'ENOTDIR' && code !== 'EEXIST') return translateFsError(error, root)
  return new HarborageError(
    'invalid_config',
    'the artifact folder, or one above it, is a file: name a folder',
    { cause: error },
  )
}

/** Returns an error of the file system as a HarborageError, and any other error unchanged. */
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

/** Returns the path in a system error. */
export function pathIn(error: unknown): string | undefined {
  const path = typeof error === 'object' && error !== null && 'path' in error && error.path
  return typeof path === 'string' ? path : undefined
}
