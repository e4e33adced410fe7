import { parseConfig } from '@harborage/core/kit'
import { z } from 'zod'

/** What `openSqlite` takes. */
export interface SqliteConfig {
  /**
   * `sqlite:./agent.db`, `file:///srv/agent.db`, a plain path, or `:memory:` for a database without
   * a file.
   */
  readonly dsn: string
  /**
   * `'full'`: what was acknowledged survives power loss. `'normal'`: it survives a crash of the
   * process, and power loss may take the latest writes; a save is several times faster. Default:
   * `'full'`.
   */
  readonly durability?: 'full' | 'normal'
  /**
   * How long a call waits for another process's write, in milliseconds, without blocking this one.
   * Default: 5,000.
   */
  readonly busyTimeoutMs?: number
  /**
   * How long a write goes on trying while the disk is full, in milliseconds, before it is
   * `store_unavailable`; the writes after it wait. 0: not at all. Default: 5,000.
   */
  readonly retryTimeoutMs?: number
}

const milliseconds = z.int().min(0).max(3_600_000)

const sqliteConfig = z.strictObject({
  dsn: z.string(),
  durability: z.enum(['full', 'normal']).default('full'),
  busyTimeoutMs: milliseconds.default(5_000),
  retryTimeoutMs: milliseconds.default(5_000),
})

/** Checks the configuration and fills in the defaults. */
export function parseSqliteConfig(config: SqliteConfig): Required<SqliteConfig> {
  return parseConfig(sqliteConfig, config)
}
