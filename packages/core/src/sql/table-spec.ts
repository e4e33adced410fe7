/**
 * What a column holds.
 *
 * - `text`: a text that is compared by its bytes.
 * - `integer`: a whole number of up to 2^53.
 * - `timestamp`: milliseconds since 1970, UTC.
 * - `bytes`: opaque bytes.
 * - `large_bytes`: opaque bytes that are worth compressing.
 */
export type ColumnType = 'text' | 'integer' | 'timestamp' | 'bytes' | 'large_bytes'

/** The columns of something and what they hold. */
export type ColumnTypes<Names extends string = string> = Readonly<Record<Names, ColumnType>>

/** Columns of a table, those of its key at least. */
export interface KeyedTable<Column extends string = string> {
  readonly name: string
  /**
   * In the order in which they are stored. Large ones come last, so that reading others never walks
   * their pages.
   */
  readonly columns: ColumnTypes<Column>
  /** The columns of the primary key, `<table>_pkey`. */
  readonly key: readonly Column[]
}

/** A table as its newest migration leaves it. No column may be null. */
export interface TableSpec<Column extends string = string> extends KeyedTable<Column> {
  /** What else is unique. Default: nothing. */
  readonly unique?: readonly UniqueColumns<Column>[]
  /** In which other orders its keys are walked. Default: in none. */
  readonly keyOrders?: readonly KeyOrder<Column>[]
}

/** Columns that are unique together. */
export interface UniqueColumns<Column extends string = string> {
  /** The name of the constraint. */
  readonly name: string
  readonly columns: readonly Column[]
  /**
   * Set if other look-ups could be taken to their index. Where plans are made by what a table holds
   * at first, the index then is one that only look-ups use that name its condition.
   */
  readonly apart?: {
    /** The name of the index. */
    readonly name: string
    /** A column that is never empty. `<column> <> ''` is the condition. */
    readonly column: Column
  }
}

/** Another order of the keys of a table. */
export interface KeyOrder<Column extends string = string> {
  /** The name of the index. */
  readonly name: string
  /** The columns of the key in this order. */
  readonly columns: readonly Column[]
  /** Holds just the keys, where an update writes to every index of its table. */
  readonly keyTable: {
    readonly name: string
    /** The name of the index of its rows in this order. */
    readonly index: string
    /** The name of the triggers that keep it, and of their function. */
    readonly keeper: string
  }
}
