import type { Kysely } from 'kysely'
import type { Database } from '../database.ts'
import { HarborageError } from '../harborage-error.ts'
import type { Finding } from '../finding.ts'
import type { SqlDialect } from './dialects/sql-dialect.ts'
import type { NoTables, SqlCalls } from './sql-calls.ts'
import type { StoredObjects } from './table-spec.ts'

/**
 * The port between stores and SQL engines. Statements arrive compiled. Integers up to 2^53 are
 * JavaScript numbers, and bytes are `Uint8Array`s that share no memory with anything else.
 *
 * Every failure is a {@link HarborageError}, or an {@link SqlFailure} if the store may know its
 * meaning. Transient failures (a lost connection, a deadlock, a busy file) are retried within a
 * bounded time. A call that may have been applied is repeated only as its `repeat` allows.
 */
export interface SqlDatabase extends Database, SqlCalls {
  /** The dialect of its SQL. */
  readonly dialect: SqlDialect
  /** The schema of all tables, on engines that have schemas. */
  readonly schema: string | undefined
  /**
   * Changes tables in one transaction that holds the named migration lock. Other migrations with
   * that lock wait. The lock belongs to the transaction and not to the session, so it works through
   * a connection pooler.
   *
   * If calls can run during a migration, it first locks the existing ones of the given tables
   * exclusively. It starts over rather than delay calls that wait behind it, so `work` may be
   * called several times.
   *
   * @throws `store_unavailable` if others lock a table for too long.
   */
  migrate<Result>(
    lock: MigrationLock,
    work: (db: Kysely<NoTables>) => Promise<Result>,
  ): Promise<Result>
  /**
   * Resolves to the problems of a store's tables: rows that are hidden from this role, a missing
   * table or trigger, a function of another schema. Changes nothing.
   */
  inspect(objects: StoredObjects): Promise<readonly Finding[]>
}

/** The locks of a migration. */
export interface MigrationLock {
  readonly name: string
  /** The tables that calls lock first, in their locking order. */
  readonly tables: readonly string[]
}

const members = [
  'ping',
  'gauges',
  'dialect',
  'builder',
  'rows',
  'changes',
  'transaction',
  'migrate',
  'inspect',
] as const

/**
 * Returns a database as an SQL database.
 *
 * @throws `invalid_config` if it was not opened by an SQL engine.
 */
export function requireSqlDatabase(database: Database): SqlDatabase {
  if (isSqlDatabase(database)) return database
  throw new HarborageError(
    'invalid_config',
    `the database of engine "${database.engine}" is not an SQL engine: pass what openSqlite() or openPostgres() returned`,
  )
}

function isSqlDatabase(database: Database): database is SqlDatabase {
  return members.every((member) => member in database)
}
