import type {
  AliasedExpression,
  CreateTableBuilder,
  Kysely,
  OperationNodeSource,
  RawBuilder,
  SelectQueryBuilder,
  SqlBool,
} from 'kysely'
import type {
  BatchRules,
  CompiledSql,
  SqlBatch,
  Compilable,
  SqlStatement,
  StatementTraits,
} from '../sql-statement.ts'
import type { AnyTables, NoTables, SqlCalls } from '../sql-calls.ts'
import type { SqlFailureReason } from '../sql-failure.ts'
import type { SqlWork } from '../sql-work.ts'
import type {
  StoredObjects,
  ColumnType,
  ColumnTypes,
  KeyedTable,
  KeyOrder,
  UniqueColumns,
} from '../table-spec.ts'
import type { WordIndexes } from './word-indexes.ts'

/**
 * The differences between engines in the SQL of stores. Each member is named for what a store
 * needs. An engine picks a dialect and may override members: `{ ...postgresDialect, columnType }`.
 */
export interface SqlDialect {
  /**
   * Returns the type of a column for `create table`.
   *
   * @param db Used to query the server's capabilities, if they matter.
   */
  columnType(type: ColumnType, db: Kysely<NoTables>): Promise<RawBuilder<unknown>>
  /**
   * Returns whether a migration may make a table again, because it is empty and no one else uses
   * it.
   *
   * @param name The name of the table.
   */
  isNewTable(db: Kysely<NoTables>, schema: string | undefined, name: string): Promise<boolean>
  /** Returns the type to which to cast a parameter for such a column; `undefined` if to none. */
  valueType(type: ColumnType): RawBuilder<unknown> | undefined
  /** The time by the clock of the database, in milliseconds since 1970. */
  readonly now: RawBuilder<number>
  /** The same, once for a whole statement: of the moment at which it began to read. */
  readonly readTime: RawBuilder<number>
  /** Returns the position of a part within a text, counted from 1, or 0 if it is not there. */
  textPosition(text: RawBuilder<unknown>, part: RawBuilder<unknown>): RawBuilder<number>
  /**
   * Locks the rows of a query until the transaction ends.
   *
   * @param orderBy Locks the rows in the order of the JSON text of these columns. All statements
   * that lock in this order cannot deadlock. Default: the order of the query.
   */
  lockRows<Tables, Table extends keyof Tables, Row>(
    query: SelectQueryBuilder<Tables, Table, Row>,
    orderBy?: readonly string[],
  ): SelectQueryBuilder<Tables, Table, Row>
  /**
   * Locks the rows of a query against changes until the transaction ends. Others may lock them in
   * the same way meanwhile.
   */
  shareRows<Tables, Table extends keyof Tables, Row>(
    query: SelectQueryBuilder<Tables, Table, Row>,
  ): SelectQueryBuilder<Tables, Table, Row>
  /**
   * Keeps others from inserting a row in a place until the transaction ends. Returns whether the
   * place is empty.
   */
  keepEmpty(place: EmptyPlace): SqlWork<boolean>
  /**
   * Confirms that everything the transaction has read was true at the same time.
   *
   * @param check Runs only if others can have changed it in between. Throws if it did change.
   */
  confirmReads(check: () => SqlWork<void>): SqlWork<void>
  /**
   * Removes rows atomically, including those that others insert meanwhile, and returns their
   * number.
   */
  removeAll<Parameters>(removal: Removal<Parameters>, parameters: Parameters): SqlWork<number>
  /**
   * Returns the statement that does the same as {@link removeAll} outside a transaction, or
   * `undefined` if one statement is not enough.
   */
  removeAlone<Parameters>(
    removal: Removal<Parameters>,
  ): SqlStatement<Parameters, unknown> | undefined
  /**
   * Returns a query for the row that another query finds for each row of `found`.
   *
   * @param found The name of the rows, of which `next` names columns.
   */
  nextOfEach(found: string, next: NextRow): RawBuilder<unknown>
  /**
   * Compiles the batch form of a statement, which makes concurrent calls as one statement. Returns
   * `undefined` if each call is a statement of its own.
   *
   * @param name A short name for logs and for the server's list of prepared statements.
   * @param build Builds the statement from a query with one row per call. It has to return the
   * columns that `nameOf` reads for each row that it wrote.
   */
  compileBatch<Parameters extends object>(
    name: string,
    rules: BatchRules<Parameters>,
    build: (calls: ManyCalls<Parameters>) => Compilable<unknown>,
  ): SqlBatch<Parameters> | undefined
  /**
   * Compiles a statement that makes all of its calls or none. It fails with the reason `incomplete`
   * if it cannot make all. Returns `undefined` if each call is a statement of its own.
   *
   * @param name A short name for logs and for the server's list of prepared statements.
   * @param build Builds the statement, as for {@link compileBatch}. It has to return one row for
   * each row that it wrote.
   */
  compileAllOrNone<Parameters extends object>(
    name: string,
    calls: SqlCalls,
    columns: ColumnTypes<keyof Parameters & string>,
    build: (calls: ManyCalls<Parameters>) => OperationNodeSource,
    traits: StatementTraits<readonly Parameters[]>,
  ): SqlStatement<readonly Parameters[], unknown> | undefined
  /**
   * Compiles a read of the rows with the given keys. It is one statement, so that all of its rows
   * are of the same moment, and looks up each key in the index of the primary key.
   */
  compileManyReads<Parameters extends object, Key extends object, Row>(
    calls: SqlCalls,
    read: ManyRead<Parameters>,
  ): ManyReads<Parameters, Key, Row>
  /**
   * Compiles a read of a large value that takes little memory besides the value, whole or in parts.
   */
  compileLargeRead<Key extends object>(calls: SqlCalls, value: LargeValue<Key>): LargeRead<Key>
  /**
   * Returns the meaning of an engine's error code to a store, or `undefined` if only the engine
   * knows it.
   */
  failureReason(code: string): SqlFailureReason | undefined
  /**
   * The statement that checks the deferred constraints of a transaction before its COMMIT, or
   * `undefined` if only COMMIT does.
   */
  readonly checkConstraints: CompiledSql | undefined
  /** Creates the indexes of columns that need one of their own. */
  readonly apart: ApartColumns
  /** Keeps and walks further orders of keys. */
  readonly keyOrders: KeyOrders
  /** Keeps and searches indexes of words. */
  readonly words: WordIndexes
}

/** A key of a table that may have no row. */
export interface EmptyPlace {
  /** Returns the number of rows with the key. */
  find(): SqlWork<number>
  /** Inserts an empty row unless there is one, and returns the number of inserted rows. */
  fill(): SqlWork<number>
  /** Deletes the empty row. */
  clear(): SqlWork<number>
}

/** The statements that remove many rows atomically. */
export interface Removal<Parameters> {
  /** The name of the transaction. */
  readonly name: string
  /** Locks the rows, in the same order as all other statements. */
  readonly lock: SqlStatement<Parameters, unknown>
  /** Deletes the rows. */
  readonly remove: SqlStatement<Parameters, unknown>
  /** Selects a row if any is left. */
  readonly findLeft: SqlStatement<Parameters, unknown>
}

/** The parameter of {@link SqlDialect.nextOfEach}. */
export interface NextRow {
  /** Finds at most one row of the table. */
  readonly query: SelectQueryBuilder<AnyTables, string, unknown>
  readonly table: string
  /** The columns that the query finds, which are those of the rows that it is for. */
  readonly columns: readonly string[]
  /** Returns the conditions that the query has on other columns, for a row of the table. */
  readonly owned: (row: string) => readonly RawBuilder<SqlBool>[]
}

/** The SQL of many calls that are sent as one statement. */
export interface ManyCalls<Parameters> {
  readonly columns: readonly (keyof Parameters & string)[]
  /** A query for one row of the columns per call, in the order of the calls. */
  readonly rows: RawBuilder<unknown>
  /**
   * Returns a query for some columns of the calls that meet all conditions. In these, the values of
   * a call are named `call.<column>`. They are evaluated call by call, right before its row is
   * used, so that rows are locked in the order of the calls.
   */
  readonly rowsWhere: (
    columns: readonly (keyof Parameters & string)[],
    conditions: readonly RawBuilder<SqlBool>[],
  ) => RawBuilder<unknown>
  /** Returns the condition that no call has the value in the column. */
  readonly isNoneOf: (
    value: RawBuilder<unknown>,
    column: keyof Parameters & string,
  ) => RawBuilder<SqlBool>
}

/** A read of the rows of a table with given keys. */
export interface ManyRead<Parameters> extends Pick<StatementTraits<never>, 'repeat'> {
  /** The name of the statement, or the beginning of its name. */
  readonly name: string
  readonly table: KeyedTable
  /** The key columns whose value is a parameter, and the same in all keys. */
  readonly common: readonly (keyof Parameters & string)[]
  /** What a row has to meet to be found. It names columns with their table. Default: nothing. */
  readonly condition?: RawBuilder<SqlBool>
  /**
   * Returns the columns of a row.
   *
   * @param sumOf Returns the sum of an expression over all rows that are found. It is computed only
   * if a row needs it.
   */
  readonly columns: (
    parameters: Parameters,
    sumOf: (value: RawBuilder<number>) => RawBuilder<number>,
  ) => readonly OrderColumn[]
}

/** The parameters of a {@link ManyRead}. No key occurs twice, and there is at least one. */
export type ManyKeys<Parameters, Key> = Parameters & {
  /** The other key columns of each row. */
  readonly keys: readonly Key[]
}

/** Returns the statement of a {@link ManyRead} for a number of keys. */
export type ManyReads<Parameters, Key, Row> = (
  count: number,
) => SqlStatement<ManyKeys<Parameters, Key>, Row>

/**
 * A large value of one row of a table, in its column `bytes`. Its digest is in the column `sha256`,
 * its size in `size_bytes`, and its checksum in `checksum`.
 */
export interface LargeValue<Key> {
  /** The prefix of the names of its statements. */
  readonly name: string
  readonly table: string
  /** Returns the columns that identify the row. */
  readonly keyOf: (at: Key) => Readonly<Record<string, unknown>>
}

/** The content of a large value. */
export interface LargeContent {
  readonly bytes: Uint8Array
  readonly sha256: string
  /** The size as it is stored, not that of the bytes. */
  readonly size_bytes: number
  readonly checksum: string
  /** When it expires, in milliseconds since 1970. */
  readonly expires_at: number
}

/** Reads a large value. Resolves to `undefined` if it is not there. */
export type LargeRead<Key> = (key: Key) => Promise<LargeContent | undefined>

/**
 * Creates the index of columns that need one of their own; see {@link UniqueColumns.apart}. A
 * released migration calls `moveOut`, so its effect must not change.
 */
export interface ApartColumns {
  /** Adds the unique constraint to a new table, if it belongs in `create table`. */
  addTo(
    table: CreateTableBuilder<string, string>,
    unique: UniqueColumns,
  ): CreateTableBuilder<string, string>
  /** Creates the unique index of a table, if it is separate from `create table`. */
  createFor(db: Kysely<NoTables>, table: string, unique: UniqueColumns): Promise<void>
  /** Changes a table that has a plain constraint for them. */
  moveOut(db: Kysely<NoTables>, table: string, unique: UniqueColumns): Promise<void>
}

/**
 * Keeps and walks a further order of the keys of a table. Released migrations call `moveOut`,
 * `keepInAnySchema` and `remove`, so their effects must not change: a new layout needs a new
 * member.
 */
export interface KeyOrders {
  /** Creates what keeps the order of an empty table. */
  create(
    db: Kysely<NoTables>,
    schema: string | undefined,
    table: KeyedTable,
    order: KeyOrder,
  ): Promise<void>
  /** Changes a table that has an index for the order. */
  moveOut(
    db: Kysely<NoTables>,
    schema: string | undefined,
    table: KeyedTable,
    order: KeyOrder,
  ): Promise<void>
  /**
   * Changes what `moveOut` created so that it works after the schema was renamed, and repairs rows
   * that went to the wrong schema.
   */
  keepInAnySchema(
    db: Kysely<NoTables>,
    schema: string | undefined,
    table: KeyedTable,
    order: KeyOrder,
  ): Promise<void>
  /** Removes what keeps the order of an empty table. */
  remove(
    db: Kysely<NoTables>,
    schema: string | undefined,
    table: KeyedTable,
    order: KeyOrder,
  ): Promise<void>
  /** Returns the database objects that keep the order. */
  objectsOf(table: KeyedTable, order: KeyOrder): StoredObjects
  /** Returns a query for a page of the rows that meet a `condition`, in the order. */
  pageOf<Row>(
    calls: SqlCalls,
    table: KeyedTable,
    order: KeyOrder,
    page: OrderPage,
    columns: readonly OrderColumn[],
    condition: RawBuilder<SqlBool>,
  ): Compilable<Row>
}

/** The bounds of a page of rows in an order. */
export interface OrderPage {
  /** The values of the order's columns after which it begins. */
  readonly after: readonly unknown[]
  /** The value of the first of these columns before which it ends. */
  readonly end: unknown
  /** The most rows of the page. */
  readonly limit: number
}

/** A selected column or expression. */
export type OrderColumn = string | AliasedExpression<unknown, string>
