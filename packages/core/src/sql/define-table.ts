import type { ColumnType, TableSpec } from './table-spec.ts'

/** What a column of a type has in JavaScript. */
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

/** The columns of a row that are its key. */
export type KeyOf<Spec extends TableSpec> = Pick<RowOf<Spec>, KeyColumn<Spec>>

type KeyColumn<Spec extends TableSpec> = Spec['key'][number] & ColumnOf<Spec>

/** Tables of a store, as Kysely sees them. */
export type TablesOf<Spec extends TableSpec> = {
  [Each in Spec as Each['name']]: RowOf<Each>
}

/** A table, and what statements about it are made of. */
export interface SqlTable<Spec extends TableSpec> {
  readonly spec: Spec
  readonly name: Spec['name']
  readonly columns: Spec['columns']
  readonly key: readonly KeyColumn<Spec>[]
  /** Returns the columns but some, in their order: a list to select. */
  readonly except: <Left extends ColumnOf<Spec>>(
    ...left: readonly Left[]
  ) => readonly Exclude<ColumnOf<Spec>, Left>[]
  /**
   * Returns just the columns of the key, of a row or of a statement's stand-ins, which have no
   * columns to copy.
   */
  readonly keyOf: (at: KeyOf<Spec>) => KeyOf<Spec>
  /** Returns just the columns of a row, as {@link keyOf}. */
  readonly rowOf: (row: RowOf<Spec>) => RowOf<Spec>
  /** Names a key in one text: the JSON of its values. */
  readonly keyText: (at: KeyOf<Spec>) => string
  /** Returns about how many bytes a row sends. */
  readonly sizeOf: (row: RowOf<Spec>) => number
}

/** About what a row sends beside its bytes. */
const OTHER_BYTES = 256

/**
 * Defines a table: its row, its columns in statements and its newest layout all follow from what is
 * written here.
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
  // The names are those of the type, as each of them is there.
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
    // Both are asked of each row that is written.
    keyText(at) {
      const values: unknown[] = []
      for (const column of key) values.push(at[column])
      return JSON.stringify(values)
    },
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
  // Each of the columns is read, which is all that there is.
  return Object.fromEntries(columns.map((column) => [column, values[column]])) as Pick<
    Values,
    Column
  >
}
