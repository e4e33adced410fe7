import type { Kysely } from 'kysely'
import type { Database } from '../database.ts'
import { HarborageError } from '../harborage-error.ts'
import type { Finding } from '../finding.ts'
import type { SqlDialect } from './dialects/sql-dialect.ts'
import type { NoTables, SqlCalls } from './sql-calls.ts'
import type { StoredObjects } from './stored-objects.ts'

/**
 * The engine port: what an SQL engine offers to the stores. Statements come compiled; values go in and out as
 * JavaScript's own: integers up to 2^53 as numbers, bytes as `Uint8Array`s that share no memory with anything else.
 *
 * Every failure is one of Harborage's errors, or an `SqlFailure` where the store may know what it means.
 * Failures that may pass (a lost connection, a deadlock, a busy file) are retried within a bounded
 * budget. What may have been applied is repeated only as its declaration of `repeat` allows.
 */
export interface SqlDatabase extends Database, SqlCalls {
  /** What its SQL has of its own. */
  readonly dialect: SqlDialect
  /** The schema of all tables where the engine has schemas. */
  readonly schema: string | undefined
  /**
   * Changes tables in one transaction that holds the named migration lock; whoever else asks for that lock waits.
   * The lock is of the transaction and never of the session, so it also holds through a connection pooler.
   *
   * Where calls run beside a migration, it first takes those of the tables that are there for itself alone. It gives
   * up and begins anew rather than hold up calls that wait behind it, so `work` may be called several times.
   *
   * @throws `store_unavailable` if others keep a table for too long.
   */
  migrate<Result>(
    lock: MigrationLock,
    work: (db: Kysely<NoTables>) => Promise<Result>,
  ): Promise<Result>
  /**
   * Returns what is wrong with the tables of a store: rows that are hidden from this role, a table or a trigger that is
   * gone, a function of another schema. It changes nothing.
   */
  inspect(objects: StoredObjects): Promise<readonly Finding[]>
}

/** What a migration has to have for itself. */
export interface MigrationLock {
  readonly name: string
  /** Those through which every call goes, in the order in which calls lock them. */
  readonly tables: readonly string[]
}

const members = [
  'dialect',
  'builder',
  'rows',
  'changes',
  'transaction',
  'migrate',
  'inspect',
] as const

/**
 * Narrows a database to the engine port.
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
