import type { Kysely } from 'kysely'
import type { Database } from '../database.ts'
import { HarborageError } from '../harborage-error.ts'
import type { Finding } from '../finding.ts'
import type { TransactionTraits } from './sql-repeat.ts'
import type { SqlStatement } from './sql-statement.ts'
import type { SqlWork } from './sql-work.ts'

/** An engine knows no tables; a store brings its own with `$extendTables`. */
export type NoTables = Record<never, never>

/** What differs between engines in the SQL of a store. */
export interface SqlTraits {
  /** The column type of a text that is compared by its bytes. */
  readonly nameType: 'text' | 'text collate "C"'
  /** The column type of opaque bytes. */
  readonly bytesType: 'blob' | 'bytea'
  /** The function that finds a text in a text: `f(haystack, needle)`, 0 if absent. */
  readonly textPosition: 'instr' | 'strpos'
  /** Whether transactions run beside each other, so that rows that were read have to be locked. */
  readonly rowLocks: boolean
  /**
   * How large bytes leave the engine: as they are, or as text, of which base64 is the shortest that can be read, so that
   * they are better asked for in parts.
   */
  readonly largeBytes: 'direct' | 'base64_parts'
  /** Whether a column may name how its values are compressed: `column type compression method`. */
  readonly columnCompression: boolean
  /**
   * Whether calls that come at the same time go as one statement, if their statement has a form for that. The engine
   * then takes arrays of texts, integers and bytes as values.
   */
  readonly batches: boolean
  /** Whether replacing a row writes to every index of its table, those over columns that stay as they are included. */
  readonly updatesWriteEveryIndex: boolean
  /**
   * Whether plans go by statistics, which a table lacks as long as it is new, and are kept. A look-up then needs an index
   * that no other look-up can be taken to.
   */
  readonly plansByStatistics: boolean
}

/**
 * The engine port: what an SQL engine offers to the stores. Statements come compiled; values go in and out as
 * JavaScript's own: integers up to 2^53 as numbers, bytes as `Uint8Array`s that share no memory with anything else.
 *
 * Every failure is one of Harborage's errors, or an `SqlFailure` where the store may know what it means.
 * Failures that may pass (a lost connection, a deadlock, a busy file) are retried within a bounded
 * budget. What may have been applied is repeated only as its declaration of `repeat` allows.
 */
export interface SqlDatabase extends Database {
  readonly traits: SqlTraits
  /** The schema of all tables where the engine has schemas. */
  readonly schema: string | undefined
  /** Builds statements for {@link compileStatement}, after `$extendTables`. It is never used to run them. */
  readonly builder: Kysely<NoTables>
  /** Runs one statement by itself, in one round trip, and gives its rows. */
  rows<Parameters, Row>(
    statement: SqlStatement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<readonly Row[]>
  /**
   * Runs one statement, in one round trip, and gives the number of rows it changed. Of a statement that has a batch
   * form, calls that come at the same time may be made as one, and each still ends as if it had been made by itself.
   */
  changes<Parameters>(
    statement: SqlStatement<Parameters, unknown>,
    parameters: Parameters,
  ): Promise<number>
  /**
   * Runs several statements in one transaction. `work` is called anew for each attempt, and told whether one before it
   * may have been applied because its answer was lost. Each statement sees what was committed
   * before it began.
   */
  transaction<Result>(
    traits: TransactionTraits,
    work: (mayBeApplied: boolean) => SqlWork<Result>,
  ): Promise<Result>
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

/** What a store has in its database, besides its ledger of migrations. */
export interface StoredObjects {
  readonly tables: readonly string[]
  readonly triggers: readonly StoredTrigger[]
}

/** A trigger of a table; its function is in the same schema. */
export interface StoredTrigger {
  readonly table: string
  readonly name: string
}

const members = [
  'traits',
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
