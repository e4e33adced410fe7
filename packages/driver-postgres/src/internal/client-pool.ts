import pg from 'pg'
import type { CheckedPostgresConfig } from '../postgres-config.ts'
import { CONNECTION_TIMEOUT, connectionFailure } from './postgres-failure.ts'

const CLOSE_TIMEOUT_MS = 5_000

/** The connections of one database: its own pool, or the caller's. Every wait is bounded. */
export class ClientPool {
  readonly timeoutMs: number
  readonly #pool: pg.Pool
  readonly #isOwn: boolean
  readonly #guarded = new WeakSet<pg.PoolClient>()

  constructor(config: CheckedPostgresConfig) {
    this.timeoutMs = config.connectionTimeoutMs
    this.#isOwn = config.pool === undefined
    this.#pool = config.pool ?? ownPool(config)
    this.#pool.on('error', ignore)
  }

  /**
   * Takes a connection out of the pool; the caller releases it.
   *
   * @throws PostgresFailure
   */
  async acquire(): Promise<pg.PoolClient> {
    try {
      const client = await (this.#isOwn ? this.#pool.connect() : this.#connectInTime())
      if (!this.#guarded.has(client)) {
        this.#guarded.add(client)
        client.on('error', ignore)
      }
      return client
    } catch (error) {
      throw connectionFailure(error, this.timeoutMs)
    }
  }

  /** Ends the pool, unless it is the caller's. */
  async close(): Promise<void> {
    if (this.#isOwn) {
      // A server that is gone answers nothing, and must not keep the store from closing.
      await within(CLOSE_TIMEOUT_MS, this.#pool.end())
    }
    this.#pool.off('error', ignore)
  }

  /** A pool of the caller may have no time limit, and then waits for ever. */
  async #connectInTime(): Promise<pg.PoolClient> {
    const connecting = this.#pool.connect()
    const client = await within(this.timeoutMs, connecting)
    if (client !== undefined) return client
    connecting.then((late) => late.release(), ignore)
    throw new Error(CONNECTION_TIMEOUT)
  }
}

/** A killed backend makes its client, idle or not, emit an error, which would end the process if nobody listened. */
function ignore(): void {}

function ownPool(config: CheckedPostgresConfig): pg.Pool {
  return new pg.Pool({
    connectionString: config.dsn,
    max: config.max,
    connectionTimeoutMillis: config.connectionTimeoutMs,
    keepAlive: true,
    application_name: 'harborage',
  })
}

/** Gives `undefined` if the promise is not settled in time. */
async function within<Value>(
  milliseconds: number,
  promise: Promise<Value>,
): Promise<Value | undefined> {
  const { promise: timeout, resolve } = Promise.withResolvers<undefined>()
  const timer = setTimeout(resolve, milliseconds, undefined)
  try {
    return await Promise.race([promise, timeout])
  } finally {
    clearTimeout(timer)
  }
}
