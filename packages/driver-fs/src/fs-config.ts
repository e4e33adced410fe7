import { parseConfig } from '@harborage/core/kit'
import { z } from 'zod'

/** What `openFsArtifactDriver` takes. */
export interface FsConfig {
  /**
   * The folder of the artifacts, as `fs:./artifacts` or a plain path; made, with those above it, if
   * it is not there.
   */
  readonly dsn: string | undefined
  /**
   * How long a call goes on trying while the disk is full (a put), or while the process can open no
   * more files, in milliseconds. Default: 5,000.
   */
  readonly retryTimeoutMs?: number
  /**
   * `'verify'`: opening changes nothing, and fails with `schema_outdated` if the folder is not
   * there. Default: `'apply'`.
   */
  readonly migrate?: 'apply' | 'verify'
}

const fsConfig = z.strictObject({
  dsn: z.string(),
  retryTimeoutMs: z.int().min(0).max(3_600_000).default(5_000),
  migrate: z.enum(['apply', 'verify']).default('apply'),
})

/** As {@link FsConfig}, with its defaults. */
export type CheckedFsConfig = Required<FsConfig> & { readonly dsn: string }

/** Checks the configuration and fills in the defaults. */
export function parseFsConfig(config: FsConfig): CheckedFsConfig {
  return parseConfig(fsConfig, config)
}
