import { existsSync, statSync } from 'node:fs'
import { type Finding, isHarborageError } from '@harborage/core'
import { checkContent } from './internal/connect.ts'
import { IN_MEMORY } from './internal/database-path.ts'
import { examine, type Place } from './internal/examine.ts'
import { translateSqliteError } from './internal/sqlite-errors.ts'
import type { SqliteConfig } from './sqlite-config.ts'

/**
 * Checks a configuration and the place that it names. Resolves to the problems found: an empty list
 * if `openSqlite` would open it and nothing slows it down. Changes nothing and creates no file.
 *
 * | name                  | problem |
 * | --- | --- |
 * | `config`              | the DSN or an option is wrong, or Node.js is too old |
 * | `addon`               | the native part of better-sqlite3 does not load |
 * | `no_folder`           | the folder of the file does not exist |
 * | `path`                | the path is too long, or its symbolic links form a loop |
 * | `not_a_file`          | the path names a folder, a pipe or a device |
 * | `network_file_system` | several processes would corrupt the file there |
 * | `kernel_file_system`  | the place is on `proc` or the like, which keeps no files |
 * | `file_mounted_alone`  | only the file is mounted, so its write-ahead log would be lost |
 * | `hard_links`          | the file has several hard links, each with its own write-ahead log |
 * | `rights`              | the file or its folder is not writable |
 * | `disk`                | the operating system could not examine the file |
 * | `content`             | the file is not an SQLite database, damaged, or not in UTF-8 |
 * | `long_log`            | the write-ahead log has more than 256 MiB, which slows every read |
 *
 * @example
 * ```ts
 * import { diagnose } from '@harborage/driver-sqlite'
 *
 * for (const { grade, message } of await diagnose({ dsn: 'sqlite:./agent.db' })) {
 *   console.error(grade, message)
 * }
 * ```
 */
export async function diagnose(config: SqliteConfig): Promise<readonly Finding[]> {
  const { place, objections } = await examine(config)
  const findings = objections.map(({ finding }) => finding)
  if (place === undefined || findings.length > 0) return findings
  return findingsInside(place)
}

/** Returns the problems of the header and of the log. */
function findingsInside({ path, addon }: Place): readonly Finding[] {
  if (path === IN_MEMORY || !hasContent(path)) return []
  return [...findingsOfContent({ path, addon }), ...findingsOfLog(path)]
}

/** The length of a log that the checkpoints of this engine keep far below: 256 MiB. */
const LONG_LOG_BYTES = 256 * 1024 * 1024

function findingsOfLog(path: string): readonly Finding[] {
  const bytes = sizeOf(`${path}-wal`)
  if (bytes <= LONG_LOG_BYTES) return []
  const mebibytes = Math.round(bytes / 1024 / 1024)
  return [
    {
      name: 'long_log',
      grade: 'slows',
      message: `the write-ahead log (-wal) has ${mebibytes} MiB, since a reader stays open or no process copies it back: end readers that stay open, then open and close the database once`,
    },
  ]
}

/**
 * Returns the problems of the header. Skips the check if another process may be using the file in a
 * way in which reading could leave a file behind.
 */
function findingsOfContent({ path, addon }: Pick<Place, 'path' | 'addon'>): readonly Finding[] {
  const hasLog = existsSync(`${path}-wal`)
  if (existsSync(`${path}-journal`) || hasLog !== existsSync(`${path}-shm`)) return []
  try {
    // With a log, a writable connection would copy it into the database when it closes. Without
    // one, a read-only connection would leave an empty one behind.
    const connection = addon(path, { timeout: 0, fileMustExist: true, readonly: hasLog })
    try {
      checkContent(connection)
    } finally {
      connection.close()
    }
    return []
  } catch (failure) {
    const error = translateSqliteError(failure, 'read')
    if (!isHarborageError(error)) throw error
    return [
      {
        name: 'content',
        grade: 'fails',
        message: error.message,
        mayPass: error.retryable,
        ...(error.cause !== undefined && { cause: error.cause }),
      },
    ]
  }
}

function hasContent(path: string): boolean {
  return sizeOf(path) > 0
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
