import type {
  AliasedExpression,
  CreateTableBuilder,
  Kysely,
  OperationNodeSource,
  RawBuilder,
  SelectQueryBuilder,
  SqlBool,
} from 'kysely'
import type { Compilable } from '../compiled-sql.ts'
import type { Removal } from '../removal.ts'
import type { BatchRules, SqlBatch } from '../sql-batch.ts'
import type { NoTables, SqlCalls } from '../sql-calls.ts'
import type { SqlFailureReason } from '../sql-failure.ts'
import type { SqlStatement, StatementTraits } from '../sql-statement.ts'
import type { SqlWork } from '../sql-work.ts'
import type { StoredObjects } from '../stored-objects.ts'
import type { ColumnType, ColumnTypes, KeyedTable, KeyOrder, UniqueColumns } from '../table-spec.ts'

/**
 * What differs between engines in the SQL of stores. Each member is named for what a store wants.
 * An engine picks a dialect and may override members: `{ ...postgresDialect, columnType }`.
 */
export interface SqlDialect {
  /**
   * Returns the type of a column for `create table`.
   *
   * @param db Asked what the server can do, if that matters.
   */
  columnType(type: ColumnType, db: Kysely<NoTables>): Promise<RawBuilder<unknown>>
  /** Returns the type of a value of such a column for `cast`. */
  valueType(type: ColumnType): RawBuilder<unknown>
  /** Returns where a text begins within another one: from 1, or 0 if it is not there. */
  textPosition(text: RawBuilder<unknown>, part: RawBuilder<unknown>): RawBuilder<number>
  /**
   * Keeps others from changing the rows of a query until the transaction ends.
   *
   * @param orderBy Locks the rows in the order of the JSON text of these columns, so that it cannot
   * deadlock with others who do the same. Default: the order of the query.
   */
  lockRows<Tables, Table extends keyof Tables, Row>(
    query: SelectQueryBuilder<Tables, Table, Row>,
    orderBy?: readonly string[],
  ): SelectQueryBuilder<Tables, Table, Row>
  /** Keeps others from filling a place until the transaction ends. Returns whether it is empty. */
  keepEmpty(place: EmptyPlace): SqlWork<boolean>
  /**
   * Confirms that all that this transaction has read was true at one moment.
   *
   * @param check Runs only where others can have changed it in between; fails if it did change.
   */
  confirmReads(check: () => SqlWork<void>): SqlWork<void>
  /** Removes rows as if nothing else happened at that moment, and returns their number. */
  removeAll<Parameters>(removal: Removal<Parameters>, parameters: Parameters): SqlWork<number>
  /**
   * Returns the statement that does what {@link removeAll} does if it runs alone, or `undefined` if
   * no single one does.
   */
  removeAlone<Parameters>(
    removal: Removal<Parameters>,
  ): SqlStatement<Parameters, unknown> | undefined
  /**
   * Compiles the batch form of a statement: one statement for calls that come at the same time.
   * Returns `undefined` where each call is a statement of its own.
   *
   * @param build Gets a query that gives one row per call, to insert from. Its statement returns of
   * each row that it wrote what `nameOf` wants to see.
   */
  compileBatch<Parameters extends object>(
    name: string,
    rules: BatchRules<Parameters>,
    build: (calls: ManyCalls<Parameters>) => Compilable<unknown>,
  ): SqlBatch<Parameters> | undefined
  /**
   * Compiles a statement that makes many calls or none of them. It fails with the reason
   * `incomplete` if it cannot make all. Returns `undefined` where each call is a statement of its
   * own.
   *
   * @param build As of {@link compileBatch}; its statement returns a row for each that it wrote.
   */
  compileAllOrNone<Parameters extends object>(
    name: string,
    calls: SqlCalls,
    columns: ColumnTypes<keyof Parameters & string>,
    build: (calls: ManyCalls<Parameters>) => OperationNodeSource,
    traits: StatementTraits<readonly Parameters[]>,
  ): SqlStatement<readonly Parameters[], unknown> | undefined
  /** Compiles how a large value is read with little memory beside it: whole, or in parts. */
  compileLargeRead<Key extends object>(calls: SqlCalls, value: LargeValue<Key>): LargeRead<Key>
  /**
   * Returns what an error code of the engine means to a store, or `undefined` if it is for the engine
   * to tell.
   */
  failureReason(code: string): SqlFailureReason | undefined
  readonly apart: ApartColumns
  readonly keyOrders: KeyOrders
}

/** A place of a table that may hold a row. */
export interface EmptyPlace {
  /** Returns how many rows are there. */
  find(): SqlWork<number>
  /** Puts a placeholder there unless there is a row, and returns how many were written. */
  fill(): SqlWork<number>
  /** Takes the placeholder away. */
  clear(): SqlWork<number>
}

/** Many calls of a statement, on their way to the engine as one. */
export interface ManyCalls<Parameters> {
  readonly columns: readonly (keyof Parameters & string)[]
  /** A query that gives one row of the columns per call, in the order of the calls. */
  readonly rows: RawBuilder<unknown>
  /**
   * The same, but for calls for which a query finds a row. The query knows the values of a call as
   * `call.<column>`.
   */
  readonly rowsWithout: (found: OperationNodeSource) => RawBuilder<unknown>
  /** Whether a value is none of those that the calls have in a column. */
  readonly isNoneOf: (
    value: RawBuilder<unknown>,
    column: keyof Parameters & string,
  ) => RawBuilder<SqlBool>
}

/**
 * A large value of one row of a table, in its column `bytes`. Its digest is in the column `sha256`.
 */
export interface LargeValue<Key> {
  /** Begins the names of its statements. */
  readonly name: string
  readonly table: string
  /** Returns just the columns that name the row. */
  readonly keyOf: (at: Key) => Readonly<Record<string, unknown>>
}

/** What is read of a large value. */
export interface LargeContent {
  readonly bytes: Uint8Array
  readonly sha256: string
}

/** Reads a large value; `undefined` if it is not there. */
export type LargeRead<Key> = (key: Key) => Promise<LargeContent | undefined>

/**
 * How the index of columns is made that are to be kept apart; see {@link UniqueColumns.apart}. A
 * released migration calls `moveOut`, which never does anything else.
 */
export interface ApartColumns {
  /** Adds what keeps them unique to a table that is being made, if it is made with it. */
  addTo(
    table: CreateTableBuilder<string, string>,
    unique: UniqueColumns,
  ): CreateTableBuilder<string, string>
  /** Makes what keeps them unique beside a table, if it is not made with it. */
  createFor(db: Kysely<NoTables>, table: string, unique: UniqueColumns): Promise<void>
  /** Changes a table where they are a plain constraint. */
  moveOut(db: Kysely<NoTables>, table: string, unique: UniqueColumns): Promise<void>
}

/**
 * How a further order of the keys of a table is kept and walked. Released migrations call `moveOut`
 * and `keepInAnySchema`, which never do anything else: another layout is made by another member.
 */
export interface KeyOrders {
  /** Makes what keeps the order, for a table that is empty. */
  create(
    db: Kysely<NoTables>,
    schema: string | undefined,
    table: KeyedTable,
    order: KeyOrder,
  ): Promise<void>
  /** Changes a table whose order is kept by an index of its own. */
  moveOut(
    db: Kysely<NoTables>,
    schema: string | undefined,
    table: KeyedTable,
    order: KeyOrder,
  ): Promise<void>
  /**
   * Changes what `moveOut` made so that it outlives a new name of the schema, and mends what went
   * astray.
   */
  keepInAnySchema(
    db: Kysely<NoTables>,
    schema: string | undefined,
    table: KeyedTable,
    order: KeyOrder,
  ): Promise<void>
  /** Returns what is in the database for the order. */
  objectsOf(table: KeyedTable, order: KeyOrder): StoredObjects
  /** Selects rows in the order. */
  pageOf<Row>(
    calls: SqlCalls,
    table: KeyedTable,
    order: KeyOrder,
    page: OrderPage,
    columns: readonly OrderColumn[],
  ): Compilable<Row>
}

/** What a page of rows in an order has. */
export interface OrderPage {
  /** The values of the columns of the order after which it begins. */
  readonly after: readonly unknown[]
  /** Before which value of the first of these columns it ends. */
  readonly end: unknown
  /** The most rows of the page. */
  readonly limit: number
}

/** What is selected of a row: a column or an expression. */
export type OrderColumn = string | AliasedExpression<unknown, string>
