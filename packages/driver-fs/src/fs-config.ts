import { parseConfig } from '@harborage/core/kit'
import { z } from 'zod'

/** The options of `openFsArtifactDriver`. */
export interface FsConfig {
  /**
   * The folder of the artifacts, as `fs:./artifacts` or a path. It is created, with its parents,
   * if it does not exist.
   */
  readonly dsn: string | undefined
  /**
   * The time for which a put is retried while the disk is full, and any call while the process
   * cannot open more files, in milliseconds. Default: 5,000.
   */
  readonly retryTimeoutMs?: number
  /**
   * With `'verify'`, opening changes nothing, and fails with `schema_outdated` if the folder
   * does not exist. Default: `'apply'`.
   */
  readonly migrate?: 'apply' | 'verify'
}

const fsConfig = z.strictObject({
  dsn: z.string(),
  retryTimeoutMs: z.int().min(0).max(3_600_000).default(5_000),
  migrate: z.enum(['apply', 'verify']).default('apply'),
})

/** A checked configuration with its defaults. */
export type CheckedFsConfig = Required<FsConfig> & { readonly dsn: string }

/**
 * Returns the checked configuration with the defaults filled in.
 *
 * @throws `invalid_config` if an option is wrong.
 */
export function parseFsConfig(config: FsConfig): CheckedFsConfig {
  return parseConfig(fsConfig, config)
}
