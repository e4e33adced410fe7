import { HarborageError, type HarborageErrorOptions } from '@harborage/core'

declare module '@harborage/core' {
  interface HarborageErrorCodes {
    /**
     * A thread cannot be read where it is imported from: its tables are missing, or what they hold
     * is none of LangGraph's. Nothing of what could not be read was written.
     */
    readonly import_unreadable: true
    /**
     * The thread to import has checkpoints that this import did not write. Nothing of the thread
     * was changed.
     */
    readonly thread_exists: true
  }
}

/** The codes of errors of an import that are about one thread. */
export type ImportErrorCode = 'import_unreadable' | 'not_found' | 'thread_exists'

/** The error of an import that is about one thread, which its message does not name. */
export class ImportError extends HarborageError<ImportErrorCode> {
  /** The thread, or `undefined` if the error is about no single one. */
  readonly threadId: string | undefined

  /**
   * @param code What went wrong.
   * @param message What to do next, without the id of the thread.
   * @param options The thread, and what every error may have.
   */
  constructor(code: ImportErrorCode, message: string, options: ImportErrorOptions = {}) {
    super(code, message, options)
    this.threadId = options.threadId
  }
}

/** Options of the constructor of {@link ImportError}. */
export interface ImportErrorOptions extends HarborageErrorOptions {
  /** The thread. Default: none. */
  readonly threadId?: string | undefined
}

/** Returns the error for a table that cannot be read. */
export function unreadableTable(
  table: string,
  threadId: string | undefined,
  cause: unknown,
): ImportError {
  return new ImportError(
    'import_unreadable',
    `the table ${table} cannot be read: pass the database that LangGraph's saver writes, and its schema`,
    { threadId, cause },
  )
}

/** Returns the error for a checkpoint that was named and is not there any more. */
export function goneCheckpoint(threadId: string): ImportError {
  return new ImportError(
    'import_unreadable',
    'the thread changed during the import: stop what uses it, and begin the import again',
    { threadId },
  )
}
