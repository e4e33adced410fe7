/**
 * The SQL driver of the journal store, for authors of SQL engines and of works over several stores.
 *
 * @module
 */
import type { Database } from '@harborage/core'
import { openSteppingDriver } from '@harborage/core/sql'
import type { JournalDriver } from '../journal-driver.ts'
import type { JournalDriverOptions } from '../journal-driver-options.ts'
import { journalSubsystem } from './migrations.ts'
import { SqlJournalDriver } from './sql-journal-driver.ts'

// For authors of layers: the works of appends, replacements and deletions within a transaction of
// `runWork`.
export { appendWork } from './append-work.ts'
export { deleteAllWork, deleteWork } from './delete-work.ts'
export type { AppendToStream, SettledAppend } from './locked-stream.ts'
export { replaceWork } from './replace-work.ts'
export { compileJournalStatements, type JournalStatements } from './statements.ts'
export { journalSubsystem }

/**
 * Opens the SQL driver of the journal store on an open database. Closing the driver leaves the
 * database open.
 *
 * @param migrate `'apply'` makes or updates the tables; `'verify'` only checks them.
 * @throws `invalid_config` if the database is not an SQL database of `@harborage/core`;
 * `migration_failed`; `schema_outdated` under `'verify'`; `schema_too_new` if a newer release made
 * the tables; `store_unavailable`.
 */
export function openSqlJournalDriver(
  database: Database,
  migrate: 'apply' | 'verify',
  options?: JournalDriverOptions,
): Promise<JournalDriver> {
  return openSteppingDriver(database, migrate, {
    subsystem: journalSubsystem,
    create: (sqlDatabase, steps) => new SqlJournalDriver(sqlDatabase, steps, options?.pollMs),
  })
}
