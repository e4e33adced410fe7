import { DriverRegistry, type Registered } from './kit/driver-registry.ts'

/**
 * An open SQL database that stores can share: what an engine package's `openSqlite` or `openPostgres` returns.
 * It stays open until {@link close}; closing a store that was given a database leaves the database open.
 */
export interface Database extends AsyncDisposable {
  /** The name of the engine that opened it, such as `sqlite`. */
  readonly engine: string
  /** Releases every handle, connection and timer. Idempotent; waits for calls in flight. */
  close(): Promise<void>
}

/** An engine as its package registers it: it serves every store that has an SQL driver. */
export interface Engine extends Registered {
  readonly open: (dsn: string) => Promise<Database>
}

/** The engines that were registered by importing their packages. */
export const engines: DriverRegistry<Engine> = new DriverRegistry('engine')

/**
 * Registers an SQL engine for all stores. Engine packages call it when they are imported.
 *
 * @throws `invalid_config` if the name or one of the schemes is already taken, by an engine or by a driver of a store, or
 * malformed.
 */
export function registerEngine(name: string, engine: Engine): void {
  engines.register(name, engine)
}
