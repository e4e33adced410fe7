import { sql, type ExpressionBuilder, type RawBuilder, type SqlBool } from 'kysely'
import type { Removal } from './dialects/sql-dialect.ts'
import { areAfter, areUpTo, haveValues, inOrder, parameterOf } from './key-conditions.ts'
import { placeAfter, placeUpTo } from './owner-columns.ts'
import { prefixUpperBound } from './prefix-upper-bound.ts'
import { forAnyTables, type AnyTables } from './sql-calls.ts'
import type { SqlDatabase } from './sql-database.ts'
import { compileStatement, type SqlStatement } from './sql-statement.ts'
import type { KeyedTable } from './table-spec.ts'

/**
 * Removes rows atomically and resolves to their number. Runs a single statement if that is enough.
 */
export function removeAll<Parameters>(
  database: SqlDatabase,
  removal: Removal<Parameters>,
  parameters: Parameters,
): Promise<number> {
  const { dialect } = database
  const alone = dialect.removeAlone(removal)
  if (alone !== undefined) return database.changes(alone, parameters)
  return database.transaction({ name: removal.name, repeat: 'never' }, () =>
    dialect.removeAll(removal, parameters),
  )
}

/** The rows of a table that a removal is about. */
export interface RemovedRows<Parameters> {
  /** The first columns of the key, whose values are the parameters of the same names. */
  readonly owned: readonly (keyof Parameters & string)[]
  /**
   * Whether the other columns of the key are between two places: after the parameters `after_…` and
   * up to the parameters `to_…`. Default: `false`, all rows.
   */
  readonly isRange?: boolean
}

/**
 * Compiles the removal of rows whose key begins with the same columns.
 *
 * @param scope The prefix of the names of the statements.
 */
export function compileRemoval<Parameters extends object>(
  scope: string,
  { builder, dialect }: SqlDatabase,
  { name, key }: KeyedTable,
  { owned, isRange = false }: RemovedRows<Parameters>,
): Removal<Parameters> {
  const db = forAnyTables(builder)
  const others = key.slice(owned.length)
  const last = others.slice(-1)
  const rowsOf = (at: Parameters) => (where: ExpressionBuilder<AnyTables, string>) =>
    where.and([...haveValues(owned, at), ...(isRange ? areInRange(others, at) : [])])
  return {
    name: `${scope}_delete`,
    // The same order as in commits and batches, so that a removal cannot deadlock with them.
    lock: compileStatement(
      `${scope}_lock`,
      (at: Parameters) =>
        db
          .with('locked', (within) =>
            dialect.lockRows(within.selectFrom(name).select(last).where(rowsOf(at)), others),
          )
          .selectFrom('locked')
          .select(sql<number>`count(*)`.as('count')),
      { repeat: 'reads' },
    ),
    remove: compileStatement(
      `${scope}_delete`,
      (at: Parameters) => db.deleteFrom(name).where(rowsOf(at)),
      { repeat: 'never' },
    ),
    findLeft: compileStatement(
      `${scope}_find_left`,
      (at: Parameters) => db.selectFrom(name).select(last).where(rowsOf(at)).limit(sql.lit(1)),
      { repeat: 'reads' },
    ),
  }
}

/** The statements that remove many rows, a bounded number at a time. */
export interface BatchRemoval<Owned extends object> {
  /** The columns of the key after those of the owner. */
  readonly walked: readonly string[]
  /** Finds the last row of a batch, after the parameters `after_…`; none if fewer rows are left. */
  readonly findEnd: SqlStatement<Owned & { readonly skip: number }, Record<string, string>>
  /** Removes the rows after `after_…` and up to `to_…`. */
  readonly removal: Removal<Owned>
  /** Counts all rows. */
  readonly count: SqlStatement<Owned, { readonly count: number }>
}

/**
 * Compiles the removal, in batches, of rows whose key begins with the same columns.
 *
 * A batch is a range of the key and begins where the one before ended: an engine that cleans up
 * later would otherwise pass all rows again that were removed before.
 *
 * @param batch The prefix of the names of the statements.
 */
export function compileBatchRemoval<Owned extends object>(
  batch: string,
  database: SqlDatabase,
  table: KeyedTable,
  owned: readonly (keyof Owned & string)[],
): BatchRemoval<Owned> {
  const db = forAnyTables(database.builder)
  const others = table.key.slice(owned.length)
  return {
    walked: others,
    findEnd: compileStatement(
      `${batch}_find_end`,
      (at: Owned & { readonly skip: number }) =>
        inOrder(
          db
            .selectFrom(table.name)
            .select(others)
            .where((where) =>
              where.and([...haveValues(owned, at), areAfter(others, parameterOf('after', at))]),
            ),
          others,
        )
          .limit(sql.lit(1))
          .offset(at.skip)
          .$castTo<Record<string, string>>(),
      { repeat: 'reads' },
    ),
    removal: compileRemoval(batch, database, table, { owned, isRange: true }),
    count: compileStatement(
      `${batch}_count`,
      (at: Owned) =>
        db
          .selectFrom(table.name)
          .select(sql<number>`count(*)`.as('count'))
          .where((where) => where.and(haveValues(owned, at))),
      { repeat: 'reads' },
    ),
  }
}

/**
 * Removes the next rows of an owner, in the order of the key, in one atomic step.
 *
 * @param batch The columns of the `last` row of the previous batch, or `undefined` for the first
 * batch, and the largest number of rows.
 * @returns The number of rows, and the columns of the place where the batch ended; `undefined` if
 * it was the last one.
 */
export async function removeBatch<Owned extends object>(
  database: SqlDatabase,
  statements: BatchRemoval<Owned>,
  owner: Owned,
  batch: { readonly after: object | undefined; readonly limit: number },
): Promise<{ readonly deleted: number; readonly last: Record<string, string> | undefined }> {
  const { walked, findEnd, removal } = statements
  const { after, limit } = batch
  const begin = { ...owner, ...placeAfter(after ?? placeOf(walked, '')) }
  const [last] = await database.rows(findEnd, { ...begin, skip: limit - 1 })
  const end = placeUpTo(last ?? placeOf(walked, prefixUpperBound('')))
  return { deleted: await removeAll(database, removal, { ...begin, ...end }), last }
}

function placeOf(columns: readonly string[], value: string): object {
  return Object.fromEntries(columns.map((column) => [column, value]))
}

function areInRange(columns: readonly string[], at: object): readonly RawBuilder<SqlBool>[] {
  return [areAfter(columns, parameterOf('after', at)), areUpTo(columns, parameterOf('to', at))]
}
