import type { ColumnType, TableSpec } from './table-spec.ts'

/** The JavaScript type of a column. */
type ValueOf<Type extends ColumnType> = Type extends 'text'
  ? string
  : Type extends 'integer' | 'timestamp'
    ? number
    : Uint8Array

/** The names of the columns of a table. */
export type ColumnOf<Spec extends TableSpec> = keyof Spec['columns'] & string

/** A row of a table. */
export type RowOf<Spec extends TableSpec> = {
  readonly [Column in ColumnOf<Spec>]: ValueOf<Spec['columns'][Column]>
}

/** The key columns of a row. */
export type KeyOf<Spec extends TableSpec> = Pick<RowOf<Spec>, KeyColumn<Spec>>

type KeyColumn<Spec extends TableSpec> = Spec['key'][number] & ColumnOf<Spec>

/** The tables of a store, as a type parameter for Kysely. */
export type TablesOf<Spec extends TableSpec> = {
  [Each in Spec as Each['name']]: RowOf<Each>
}

/** A defined table, with helpers for its statements. */
export interface SqlTable<Spec extends TableSpec> {
  /** The definition. */
  readonly spec: Spec
  readonly name: Spec['name']
  readonly columns: Spec['columns']
  readonly key: readonly KeyColumn<Spec>[]
  /** Returns the columns except for the given ones, in order, as a select list. */
  readonly except: <Left extends ColumnOf<Spec>>(
    ...left: readonly Left[]
  ) => readonly Exclude<ColumnOf<Spec>, Left>[]
  /**
   * Returns the key columns of a row, or of the placeholders of a statement, which cannot be
   * spread.
   */
  readonly keyOf: (at: KeyOf<Spec>) => KeyOf<Spec>
  /** Returns all columns of a row or of placeholders, as {@link keyOf} does. */
  readonly rowOf: (row: RowOf<Spec>) => RowOf<Spec>
  /** Returns a key as one string: the JSON of its values. */
  readonly keyText: (at: KeyOf<Spec>) => string
  /** Returns the approximate size of a row in bytes, as it is sent. */
  readonly sizeOf: (row: RowOf<Spec>) => number
}

/** The approximate size of a row without its bytes columns. */
const OTHER_BYTES = 256

/**
 * Defines a table. Its row type and its columns in statements follow from the definition. Databases
 * get its layout by migrations, which tests compare with the definition.
 *
 * @example
 * ```ts
 * import { defineTable, type RowOf, type SqlTable } from '@harborage/core/sql'
 *
 * const spec = {
 *   name: 'notes',
 *   columns: { tenant_id: 'text', id: 'text', created_at: 'timestamp', bytes: 'bytes' },
 *   key: ['tenant_id', 'id'],
 * } as const
 * export const notes: SqlTable<typeof spec> = defineTable(spec)
 * export type NoteRow = RowOf<typeof spec>
 *
 * notes.except('bytes') // ['tenant_id', 'id', 'created_at']
 * ```
 */
export function defineTable<const Spec extends TableSpec>(
  spec: Spec & TableSpec<ColumnOf<Spec>>,
): SqlTable<Spec> {
  // The columns are exactly those of the type.
  const names = Object.keys(spec.columns) as ColumnOf<Spec>[]
  const key = spec.key as readonly KeyColumn<Spec>[]
  const large = names.filter((column) => spec.columns[column]?.endsWith('bytes'))
  return {
    spec,
    name: spec.name,
    columns: spec.columns,
    key,
    except: <Left extends ColumnOf<Spec>>(...left: readonly Left[]) =>
      names.filter(
        (column): column is Exclude<ColumnOf<Spec>, Left> =>
          !left.some((excluded) => excluded === column),
      ),
    keyOf: (at) => picked(at, key),
    rowOf: (row) => picked(row, names),
    // The next two run for every row that is written.
    keyText: (at) => JSON.stringify(key.map((column) => at[column])),
    sizeOf(row) {
      let size = OTHER_BYTES
      for (const column of large) {
        const value: unknown = row[column]
        if (ArrayBuffer.isView(value)) size += value.byteLength
      }
      return size
    },
  }
}

function picked<Values extends object, Column extends keyof Values>(
  values: Values,
  columns: readonly Column[],
): Pick<Values, Column> {
  // The entries are exactly the given columns.
  return Object.fromEntries(columns.map((column) => [column, values[column]])) as Pick<
    Values,
    Column
  >
}
