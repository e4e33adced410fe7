import { parseConfig, requireNodeVersion } from '@harborage/core/kit'
import type { Pool } from 'pg'
import { z } from 'zod'

/**
 * The options of `openPostgres`: either a DSN or a pool, and further options. Times are in whole
 * milliseconds, at most 2,147,483,647.
 */
export interface PostgresConfig {
  /**
   * The DSN, such as `postgres://user:password@host:5432/name?sslmode=verify-full`. It names one
   * host, and may have the options that pg reads. Other options, such as `?schema=` and
   * `?pgbouncer=`, are rejected.
   */
  readonly dsn?: string | undefined
  /** A pool of your own. It stays open when the database is closed. */
  readonly pool?: Pool
  /**
   * The largest number of connections of the pool that is created for the DSN. It cannot be
   * combined with `pool`. From 1 to 10,000. Default: 10.
   */
  readonly max?: number
  /**
   * The schema of all tables: at most 63 letters, digits, `_` and `$`, beginning with a letter or
   * `_` and not with `pg_`. The first migration creates it if it does not exist. Default: the
   * current schema of the role.
   */
  readonly schema?: string
  /**
   * Whether statements are prepared by name. Set it to `false` for a pooler that does not support
   * prepared statements. Default: `true`.
   */
  readonly preparedStatements?: boolean
  /**
   * Whether the database refuses every change, migrations included, with a `store_unavailable` that
   * is not retryable. A store that is opened with `migrate: 'verify'` can read. The server is asked
   * to refuse changes as well (`default_transaction_read_only`), in the startup parameter
   * `options`. It is not asked behind a pooler that refuses that parameter. It cannot be combined
   * with `pool`. Default: `false`.
   */
  readonly readOnly?: boolean
  /**
   * The time limit for a new connection, and for waiting while no connection becomes free. As long
   * as calls are answered, the others wait in order. At least 1. Default: 5,000.
   */
  readonly connectionTimeoutMs?: number
  /**
   * The time limit for the answer to one statement. Migrations have no such limit. At least 1.
   * Default: 30,000.
   */
  readonly queryTimeoutMs?: number
  /**
   * The time limit for retries after a lost connection, a deadlock, a serialization failure or a
   * full disk. Opening does not retry. 0 means a single attempt. Default: 5,000.
   */
  readonly retryTimeoutMs?: number
  /**
   * The time limit for a migration to lock its tables while calls use them. It keeps letting calls
   * pass, so that they wait behind it for a moment only. 0 means a single attempt. Default:
   * 120,000.
   */
  readonly migrationTimeoutMs?: number
  /**
   * The largest number of payload bytes that waiting and running writes may hold in memory. Further
   * writes are rejected with `store_unavailable`, and may be repeated. At least 1. Default: 512
   * MiB.
   */
  readonly maxWaitingBytes?: number
}

const MAX_IDENTIFIER_BYTES = 63
const MAX_TIMER_MS = 2 ** 31 - 1

const DEFAULT_MAX = 10
const DEFAULT_WAITING_BYTES = 512 * 1024 * 1024

const milliseconds = z.int().min(1).max(MAX_TIMER_MS)

const postgresConfig = z
  .strictObject({
    dsn: z
      .string()
      .regex(/^postgres(ql)?:/i, { error: 'must begin with "postgres:" or "postgresql:"' })
      .exactOptional(),
    pool: z
      .custom<Pool>(isPool, {
        error: 'must be a Pool of the package pg, without its option binary',
      })
      .exactOptional(),
    max: z.int().min(1).max(10_000).optional(),
    schema: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_$]*$/, {
        error: 'must be letters, digits, "_" and "$", not beginning with a digit',
      })
      .regex(/^(?!pg_)/, { error: 'must not begin with "pg_", which Postgres keeps for itself' })
      .max(MAX_IDENTIFIER_BYTES)
      .exactOptional(),
    preparedStatements: z.boolean().default(true),
    readOnly: z.boolean().default(false),
    connectionTimeoutMs: milliseconds.default(5_000),
    queryTimeoutMs: milliseconds.default(30_000),
    retryTimeoutMs: milliseconds.or(z.literal(0)).default(5_000),
    migrationTimeoutMs: milliseconds.or(z.literal(0)).default(120_000),
    maxWaitingBytes: z.int().min(1).default(DEFAULT_WAITING_BYTES),
  })
  .refine((config) => (config.dsn === undefined) !== (config.pool === undefined), {
    error: 'give either dsn or pool',
  })
  .refine((config) => config.pool === undefined || config.max === undefined, {
    error: 'max goes with dsn: a pool of yours has its own',
  })
  .refine((config) => config.pool === undefined || !config.readOnly, {
    error: 'readOnly goes with dsn: set default_transaction_read_only in a pool of yours',
  })
  .transform(({ max = DEFAULT_MAX, ...config }) => ({ ...config, max }))

/** A checked configuration with its defaults. */
export type CheckedPostgresConfig = Required<Omit<PostgresConfig, 'dsn' | 'pool' | 'schema'>> & {
  readonly dsn?: string
  readonly pool?: Pool
  readonly schema?: string
}

/**
 * Returns the checked configuration with the defaults filled in.
 *
 * @throws `invalid_config` if an option is wrong, or Node.js is older than 22.14.
 */
export function parsePostgresConfig(config: PostgresConfig): CheckedPostgresConfig {
  requireNodeVersion('@harborage/driver-postgres')
  return parseConfig(postgresConfig, config)
}

function isPool(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'connect' in value &&
    typeof value.connect === 'function' &&
    'totalCount' in value &&
    !readsBinary(value)
  )
}

/**
 * Returns whether the pool uses the binary format, in which pg returns bytes as if they were UTF-8.
 */
function readsBinary(pool: object): boolean {
  const options: unknown = 'options' in pool ? pool.options : undefined
  return typeof options === 'object' && options !== null && 'binary' in options && !!options.binary
}
