import { closeSync, existsSync, openSync } from 'node:fs'
import { explain } from './examine-place.ts'

const OWNER_ONLY = 0o600

/**
 * Makes the file of a new database, readable by its owner only. In one go, so that nothing else in
 * this process has the new file open when it is closed, which would drop its locks.
 *
 * @throws `invalid_config`, `store_unavailable`
 */
export function createDatabaseFile(path: string): void {
  try {
    if (!existsSync(path)) closeSync(openSync(path, 'a', OWNER_ONLY))
  } catch (error) {
    throw explain(error).error
  }
}
