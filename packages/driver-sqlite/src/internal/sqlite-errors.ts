import { HarborageError, isHarborageError } from '@harborage/core'
import { codeOf, messageOf } from '@harborage/core/kit'
import { callerStatementFailed, SqlFailure, sqliteDialect } from '@harborage/core/sql'

/** Returns whether another connection holds a lock, so that a retry may succeed soon. */
export function isBusy(error: unknown): boolean {
  const code = resultCodeOf(error)
  return code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')
}

/** Returns whether the disk is full, so that a retry may succeed once there is space. */
export function isFull(error: unknown): boolean {
  return resultCodeOf(error) === 'SQLITE_FULL'
}

/** Returns whether a retry may succeed. Nothing of the failed statement was applied. */
export function isPassing(error: unknown): boolean {
  return isBusy(error) || isFull(error)
}

/** Returns the error for a change of a database that can only be read. */
export function openedToRead(cause?: unknown): HarborageError {
  return new HarborageError(
    'store_unavailable',
    'the database file cannot be written: open it without readOnly, or check its rights and those of its folder',
    { ...(cause !== undefined && { cause }), retryable: false },
  )
}

/** Returns an error of better-sqlite3 as a HarborageError, and any other error unchanged. */
export function translateSqliteError(error: unknown, work: 'read' | 'write'): unknown {
  const code = resultCodeOf(error)
  if (isHarborageError(error) || code === '') return error
  const reason = sqliteDialect.failureReason(code)
  if (reason !== undefined) return new SqlFailure(reason)
  if (code === 'SQLITE_ERROR' && messageOf(error).startsWith('no such table')) {
    return new SqlFailure('missing_table')
  }
  // The tables of stores have no foreign keys. Deferred ones are checked by COMMIT.
  if (code === 'SQLITE_CONSTRAINT_FOREIGNKEY') return callerStatementFailed(error, undefined)
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
    return new HarborageError(
      'invalid_config',
      'dsn names a file that is not an SQLite database, or an encrypted one: name another file, or restore this one from a backup',
      { cause: error },
    )
  }
  if (code === 'SQLITE_READONLY') return openedToRead(error)
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
    { cause: error, retryable: isTransient(code) },
  )
}

/**
 * Returns whether a failure may end by itself: of a read from the disk, of memory, or of a lock
 * that SQLite could not get. Any other failure would come again, as on Postgres.
 */
function isTransient(code: string): boolean {
  return /^SQLITE_(IOERR|NOMEM|PROTOCOL|INTERRUPT)/.test(code)
}

/**
 * Returns the result code of SQLite, such as SQLITE_BUSY, or an empty string for any other error.
 */
function resultCodeOf(error: unknown): string {
  const code = codeOf(error) ?? ''
  return code.startsWith('SQLITE_') ? code : ''
}
