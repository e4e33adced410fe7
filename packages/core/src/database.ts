import type { DatabaseGauges } from './database-gauges.ts'
import { DriverRegistry, type Registered } from './kit/driver-registry.ts'
import type { PingOptions } from './ping.ts'

/**
 * An open SQL database that stores can share, as returned by {@link openDatabase}, `openSqlite` or
 * `openPostgres`. It stays open until {@link close}: closing a store leaves a database that was
 * passed to it open.
 */
export interface Database extends AsyncDisposable {
  /** The name of its engine, such as `sqlite` or `postgres`. */
  readonly engine: string
  /**
   * Asks the database for an answer, for the health check of a service. It writes nothing, and it
   * waits no longer than its time limit, also behind other calls. Pings at the same time share one
   * question.
   *
   * @throws `store_unavailable` if there is no answer in time, or the database cannot be reached;
   * `store_closed`; `invalid_record` if an option is malformed.
   *
   * @example
   * ```ts
   * import { openDatabase } from '@harborage/core'
   * import '@harborage/driver-sqlite'
   *
   * await using database = await openDatabase('sqlite::memory:')
   * await database.ping({ timeoutMs: 500 })
   * ```
   */
  ping(options?: PingOptions): Promise<void>
  /**
   * Returns what the database is busy with at this moment: connections, calls that wait, and the
   * log. It asks no server, and can be called as often as metrics are collected. All are 0 once it
   * is closed.
   *
   * @example
   * ```ts
   * import { openDatabase } from '@harborage/core'
   * import '@harborage/driver-sqlite'
   *
   * await using database = await openDatabase('sqlite::memory:')
   * database.gauges().writesQueued // 0
   * ```
   */
  gauges(): DatabaseGauges
  /**
   * Waits for calls in flight, then releases every handle, connection and timer. Later calls reject
   * with `store_closed`. Idempotent.
   */
  close(): Promise<void>
}

/** The options of `openDatabase`. */
export interface DatabaseOptions {
  /** The schema of all tables, for engines that have schemas. Default: that of the engine. */
  readonly schema?: string
}

/** An SQL engine, as its package registers it. It serves every store that has an SQL driver. */
export interface Engine extends Registered {
  /**
   * Opens a database.
   *
   * @param dsn Where the data is.
   * @param options What the caller gave. An engine fails with `invalid_config` if it lacks an
   * option, which would be ignored otherwise.
   */
  readonly open: (dsn: string, options?: DatabaseOptions) => Promise<Database>
}

/** The registered engines. Importing the package of an engine registers it. */
export const engines: DriverRegistry<Engine> = new DriverRegistry('engine')

/**
 * Registers an SQL engine for all stores. A package of an engine calls it when it is imported.
 *
 * @throws `invalid_config` if the name or a scheme is malformed, or already registered by an engine
 * or by a driver of a store.
 */
export function registerEngine(name: string, engine: Engine): void {
  engines.register(name, engine)
}
