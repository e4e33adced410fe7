import type { Kysely } from 'kysely'
import type { SqlDialect } from './dialects/sql-dialect.ts'
import type { NoTables } from './sql-calls.ts'
import type { TableSpec } from './table-spec.ts'

/** The migrations of one store, with a ledger and a lock of its own. */
export interface Subsystem {
  /**
   * The name within those of the ledger and the lock, `harbor_state_migrations` and
   * `harbor-state-migrations`: 1 to 40 lower-case letters, digits and `_`. It is unique among
   * stores: `state`, `artifacts` and `memory` are those of Harborage.
   */
  readonly name: string
  /** The npm package of the store, for the advice to upgrade it. */
  readonly packageName: string
  /** Forward-only migrations by name. They are applied in the order of their names. */
  readonly migrations: Readonly<Record<string, SchemaChange>>
  /**
   * The tables after all migrations, in the order in which calls lock them. A migration locks all
   * of them before it changes anything, see {@link SqlDatabase.migrate}: locking one by one could
   * deadlock with calls. Default: none.
   */
  readonly tables?: readonly TableSpec[]
  /** A migration that is not for every database. Default: none. */
  readonly optional?: OptionalMigration
}

/**
 * A migration that a database takes when it is first opened, or never. The ledger records it, so
 * that later openings know what the first one decided.
 */
export interface OptionalMigration {
  /** Its name. It is applied in the order of the names of all migrations. */
  readonly name: string
  readonly change: SchemaChange
  /**
   * Later migrations that change the tables of a database with this one in another way. Each takes
   * the place of the one with its name. Default: none.
   */
  readonly later?: Readonly<Record<string, SchemaChange>>
  /** The tables of a database with this migration, in place of {@link Subsystem.tables}. */
  readonly tables: readonly TableSpec[]
  /**
   * Whether the caller wants it. `undefined` takes a database as it is, and leaves a new one
   * without it.
   */
  readonly isWanted: boolean | undefined
  /** The message for a caller who wants it, of a database without it. */
  readonly absent: string
  /** The message for a caller who does not want it, of a database with it. */
  readonly present: string
}

/**
 * One migration, written once for all engines.
 * @param schema The schema of the tables, on engines that have schemas. `db` already uses it; raw
 * SQL has to name it.
 */
export type SchemaChange = (
  db: Kysely<NoTables>,
  dialect: SqlDialect,
  schema: string | undefined,
) => Promise<void>
