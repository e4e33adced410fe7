import { parseConfig } from '@harborage/core/kit'
import { z } from 'zod'

/** The options of `openSqlite`. Times are in milliseconds, at most 3,600,000. */
export interface SqliteConfig {
  /**
   * Where the database is: `sqlite:./agent.db`, `file:///srv/agent.db`, a path, or `:memory:` for a
   * database without a file.
   */
  readonly dsn: string
  /**
   * With `'full'`, acknowledged writes survive power loss. With `'normal'`, they survive a crash of
   * the process, but power loss may undo the latest ones; a save is several times faster. Default:
   * `'full'`.
   */
  readonly durability?: 'full' | 'normal'
  /**
   * Whether rows are overwritten with zeros where they lie when they are deleted or replaced, which
   * makes deletions write more. It applies to the writes of this process: set it in every process.
   * It does not reach copies that SQLite left in the file when it moved rows between pages: they
   * stay until the file is rewritten, as by `VACUUM INTO`. Until the next checkpoint that empties
   * the log, the log still holds the rows. Default: `false`.
   */
  readonly secureDelete?: boolean
  /**
   * Whether SQLite refuses every change by this process (`query_only`), with a `store_unavailable`
   * that is not retryable. A store that is opened with `migrate: 'verify'` can read. Default:
   * `false`.
   */
  readonly readOnly?: boolean
  /**
   * The time for which a call waits for the write lock of another process, before it fails
   * with `store_unavailable`. It does not block this process. 0 disables waiting. Default: 5,000.
   */
  readonly busyTimeoutMs?: number
  /**
   * The time for which a write is retried while the disk is full, in milliseconds, before it fails
   * with `store_unavailable`. Later writes wait meanwhile. 0 disables retries. Default: 5,000.
   */
  readonly retryTimeoutMs?: number
}

const milliseconds = z.int().min(0).max(3_600_000)

const sqliteConfig = z.strictObject({
  dsn: z.string(),
  durability: z.enum(['full', 'normal']).default('full'),
  secureDelete: z.boolean().default(false),
  readOnly: z.boolean().default(false),
  busyTimeoutMs: milliseconds.default(5_000),
  retryTimeoutMs: milliseconds.default(5_000),
})

/**
 * Returns the checked configuration with the defaults filled in.
 *
 * @throws `invalid_config` if an option is wrong.
 */
export function parseSqliteConfig(config: SqliteConfig): Required<SqliteConfig> {
  return parseConfig(sqliteConfig, config)
}
