import { HarborageError, isHarborageError } from '@harborage/core'
import { codeOf, messageOf } from '@harborage/core/kit'
import { SqlFailure, sqliteDialect } from '@harborage/core/sql'

/**
 * Whether another connection holds the lock, so that the same statement may succeed in a moment.
 */
export function isBusy(error: unknown): boolean {
  const code = resultCodeOf(error)
  return code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')
}

/** Whether the same write may succeed once somebody has made room. */
export function isFull(error: unknown): boolean {
  return resultCodeOf(error) === 'SQLITE_FULL'
}

/** Whether what failed may succeed later by itself; nothing of it was applied. */
export function isPassing(error: unknown): boolean {
  return isBusy(error) || isFull(error)
}

/** Turns an error of better-sqlite3 into one of Harborage; any other error stays as it is. */
export function translateSqliteError(error: unknown, work: 'read' | 'write'): unknown {
  const code = resultCodeOf(error)
  if (isHarborageError(error) || code === '') return error
  const reason = sqliteDialect.failureReason(code)
  if (reason !== undefined) return new SqlFailure(reason)
  if (code === 'SQLITE_ERROR' && messageOf(error).startsWith('no such table')) {
    return new SqlFailure('missing_table')
  }
  if (isBusy(error)) {
    return new HarborageError(
      'store_unavailable',
      'another process held the write lock of the database for the whole of busyTimeoutMs: call again',
      { cause: error },
    )
  }
  if (isFull(error)) {
    return new HarborageError(
      'store_unavailable',
      'the disk is full: free some space, then call again',
      { cause: error },
    )
  }
  if (code === 'SQLITE_NOTADB') {
    return new HarborageError('invalid_config', 'dsn names a file that is not an SQLite database', {
      cause: error,
    })
  }
  if (/^SQLITE_(READONLY|CANTOPEN|PERM)/.test(code)) {
    return new HarborageError(
      'store_unavailable',
      `the database file cannot be written (${code}): check its rights and those of its folder`,
      { cause: error, retryable: false },
    )
  }
  if (code.startsWith('SQLITE_CORRUPT')) {
    return new HarborageError(
      'store_unavailable',
      'the database file is damaged: restore it from a backup before going on',
      { cause: error, retryable: false },
    )
  }
  if (code.startsWith('SQLITE_IOERR') && work === 'write') {
    return new HarborageError(
      'outcome_unknown',
      'the disk failed during a write: repeat the same call once it works again',
      { cause: error },
    )
  }
  return new HarborageError(
    'store_unavailable',
    `the database could not do the work (${code}): see the cause`,
    { cause: error },
  )
}

/** The result code that SQLite gave, such as SQLITE_BUSY; an empty string for any other error. */
function resultCodeOf(error: unknown): string {
  const code = codeOf(error) ?? ''
  return code.startsWith('SQLITE_') ? code : ''
}
