/**
 * The type of a column.
 *
 * - `text`: a text that is compared by its bytes.
 * - `integer`: a whole number of up to 2^53.
 * - `timestamp`: milliseconds since 1970, UTC.
 * - `bytes`: opaque bytes.
 * - `large_bytes`: opaque bytes that are worth compressing.
 */
export type ColumnType = 'text' | 'integer' | 'timestamp' | 'bytes' | 'large_bytes'

/** Columns and their types. */
export type ColumnTypes<Names extends string = string> = Readonly<Record<Names, ColumnType>>

/** A table with some of its columns, at least those of its key. */
export interface KeyedTable<Column extends string = string> {
  readonly name: string
  /**
   * The columns in stored order. Large ones come last, so that reading the others does not walk
   * through their pages.
   */
  readonly columns: ColumnTypes<Column>
  /** The columns of the primary key, `<table>_pkey`. */
  readonly key: readonly Column[]
}

/** A table after its newest migration. No column may be null. */
export interface TableSpec<Column extends string = string> extends KeyedTable<Column> {
  /**
   * The values of columns in rows that do not name them. Every column that a later migration adds
   * needs one: older releases go on inserting rows without it. Default: none.
   */
  readonly defaults?: Readonly<Partial<Record<Column, string | number>>>
  /** Further unique columns. Default: none. */
  readonly unique?: readonly UniqueColumns<Column>[]
  /** Further indexes, which are not unique. Default: none. */
  readonly indexes?: readonly IndexColumns<Column>[]
  /** Further orders in which its keys are walked. Default: none. */
  readonly keyOrders?: readonly KeyOrder<Column>[]
  /** The index of its words. Default: none. */
  readonly words?: WordIndex<Column>
}

/** An index of the words of a column. Rows are inserted and deleted, and the column not changed. */
export interface WordIndex<Column extends string = string> {
  /** The name of the index. */
  readonly name: string
  /** A text of words of ASCII letters and digits, with a space between two. */
  readonly column: Column
  /** A column with another whole number in each row, which has an index. */
  readonly id: Column
}

/** Columns with an index. */
export interface IndexColumns<Column extends string = string> {
  /** The name of the index. */
  readonly name: string
  readonly columns: readonly Column[]
}

/** Columns that are unique together. */
export interface UniqueColumns<Column extends string = string> {
  /** The name of the constraint. */
  readonly name: string
  readonly columns: readonly Column[]
  /**
   * Set if a planner could use their index for other lookups by mistake. On engines that plan by
   * statistics, only queries that contain its condition can use the index.
   */
  readonly apart?: {
    /** The name of the index. */
    readonly name: string
    /** A column that is never empty. The condition is `<column> <> ''`. */
    readonly column: Column
  }
}

/** Another order of the keys of a table. */
export interface KeyOrder<Column extends string = string> {
  /** The name of the index. */
  readonly name: string
  /** The key columns in this order. */
  readonly columns: readonly Column[]
  /**
   * The table that holds the keys, on engines where an update writes to every index of its table.
   */
  readonly keyTable: {
    readonly name: string
    /** The name of its index in this order. */
    readonly index: string
    /** The name of the triggers that maintain it, and of their function. */
    readonly keeper: string
  }
}

/** The database objects of a store, besides its ledger of migrations. */
export interface StoredObjects {
  readonly tables: readonly string[]
  readonly triggers: readonly StoredTrigger[]
  /** Modules of virtual tables that the engine has to have, such as `fts5`. Default: none. */
  readonly modules?: readonly string[]
}

/** A trigger of a table; its function is in the same schema. */
export interface StoredTrigger {
  readonly table: string
  readonly name: string
}
