import { sql, type Kysely } from 'kysely'
import type { NoTables } from '../sql-calls.ts'
import type { UniqueColumns } from '../table-spec.ts'
import type { SqlFailureReason } from '../sql-failure.ts'
import { pipeline } from '../sql-work.ts'
import { compileReadInParts } from './large-value-in-parts.ts'
import { compileAllOrNone } from './postgres-all-or-none.ts'
import { compileBatch } from './postgres-batch.ts'
import { keyTables } from './postgres-key-tables.ts'
import { postgresColumnType, postgresValueType } from './postgres-types.ts'
import { removeInPasses } from './remove-in-passes.ts'
import type { SqlDialect } from './sql-dialect.ts'

/**
 * PostgreSQL. Transactions run beside each other, so that rows that were read have to be locked.
 */
export const postgresDialect: SqlDialect = {
  columnType: postgresColumnType,
  valueType: postgresValueType,
  textPosition: (text, part) => sql<number>`strpos(${text}, ${part})`,
  lockRows: (query, orderBy) =>
    (orderBy === undefined ? query : query.orderBy(byJsonText(orderBy))).forUpdate(),
  /**
   * There is no row to lock: one that is inserted and removed again keeps others from filling the
   * place.
   */
  *keepEmpty(place) {
    const [inserted = 0] = yield* pipeline([place.fill(), place.clear()])
    return inserted > 0
  },
  *confirmReads(check) {
    yield* check()
  },
  removeAll: removeInPasses,
  removeAlone: () => undefined,
  compileBatch,
  compileAllOrNone,
  compileLargeRead: compileReadInParts,
  failureReason: (state) => REASONS.get(state),
  apart: {
    addTo: (table, unique) =>
      unique.apart === undefined
        ? table.addUniqueConstraint(unique.name, [...unique.columns])
        : table,
    createFor: createApart,
    async moveOut(db, table, unique) {
      await db.schema.alterTable(table).dropConstraint(unique.name).execute()
      await createApart(db, table, unique)
    },
  },
  keyOrders: keyTables,
}

/** By SQLSTATE. */
const REASONS: ReadonlyMap<string, SqlFailureReason> = new Map([
  ['23505', 'unique_violation'],
  // Only the verdict of a statement that makes all of its calls or none reads a text as a number.
  ['22P02', 'incomplete'],
  ['42P01', 'missing_table'],
  ['3F000', 'missing_table'],
])

function byJsonText(columns: readonly string[]) {
  const texts = columns.map((column) => sql`to_json(${sql.ref(column)})::text`)
  return sql<string>`(${sql.join(texts, sql` || ',' || `)}) collate "C"`
}

/**
 * Plans go by statistics, which a table lacks as long as it is new, and are kept. An index that
 * begins as another one does then seems as good for finding a row by that one, and a plan that was
 * made so reads all that the tenant has. This one is of use only to a look-up that names its
 * condition, which is true of every row.
 */
async function createApart(
  db: Kysely<NoTables>,
  table: string,
  { columns, apart }: UniqueColumns,
): Promise<void> {
  if (apart === undefined) return
  await db.schema
    .createIndex(apart.name)
    .on(table)
    .unique()
    .columns([...columns])
    .where(sql.ref(apart.column), '<>', '')
    .execute()
}
