import type { Database } from './database.ts'
import { HarborageError } from './harborage-error.ts'
import type { Part } from './part.ts'
import { describeType, readArguments } from './kit/argument-checks.ts'
import { captureAppStatement } from './kit/steps/app-statement.ts'
import { appRowsSide } from './kit/steps/database-sides.ts'
import { makePart } from './kit/steps/make-part.ts'

/** A compiled statement as Kysely's `compile()` returns it. */
export interface KyselyStatement {
  readonly sql: string
  readonly parameters: readonly unknown[]
}

/** A compiled statement as Drizzle's `toSQL()` returns it. */
export interface DrizzleStatement {
  readonly sql: string
  readonly params: readonly unknown[]
}

/**
 * Prepares a statement about rows of the application as a part of a step, so that they are written
 * in the same commit as the parts of stores. It runs after those, in the order of the parts.
 *
 * The statement is one INSERT, UPDATE, DELETE or MERGE. The part answers the number of rows that it
 * changed. Its values are copied at once: texts, numbers, booleans, `null`, bytes, dates and, on
 * engines that take them, bigints, arrays and objects of JSON. A step with it needs a `stepId`, and
 * a part of a store.
 *
 * @param database The open database of the step, with a store that was opened on it. The tables of
 * the application are in the same database.
 * @param statement The compiled statement: of Kysely `query.compile()`, of Drizzle `query.toSQL()`.
 * @throws `invalid_record` if it is no such statement or has a value of another type;
 * `database_mismatch` if no store was opened on the database.
 *
 * @example
 * ```ts
 * import { appRows, commitTogether, newEventId, openDatabase } from '@harborage/core'
 * import '@harborage/driver-sqlite'
 * import { openStateStore } from '@harborage/state'
 *
 * await using database = await openDatabase('sqlite::memory:')
 * await using state = await openStateStore({ database })
 *
 * const identity = { tenantId: 'acme', userId: 'ann', sessionId: 's1' }
 * const bytes = new TextEncoder().encode('paid')
 * const sql = 'update orders set state = ? where id = ?'
 * const pay = () => commitTogether({
 *   stepId: 's1/pay/o1',
 *   parts: {
 *     saved: state.prepare.save({ eventId: newEventId(), identity, kind: 'order.o1', bytes }),
 *     order: appRows(database, { sql, parameters: ['paid', 'o1'] }),
 *   },
 * })
 * // The table of the application does not exist here: nothing was applied.
 * await pay().catch((error) => error.code) // 'app_rows_failed'
 * ```
 */
export function appRows(
  database: Database,
  statement: KyselyStatement | DrizzleStatement,
): Part<number> {
  const captured = readArguments(() => captureAppStatement(statement))
  const given: unknown = database
  if (typeof given !== 'object' || given === null) {
    throw new HarborageError(
      'invalid_record',
      `database is ${describeType(given)}: pass what openDatabase(), openSqlite() or openPostgres() returned`,
    )
  }
  const side = appRowsSide(database)
  if (side === undefined) {
    throw new HarborageError(
      'database_mismatch',
      'no store that takes part in steps was opened on this database: open one with it first, and pass the same object here',
    )
  }
  return makePart({
    side,
    operation: 'appRows',
    owners: [],
    bytes: captured.bytes,
    contentOf: () => captured.content,
    needsStepId: true,
    payload: () => captured.statement,
    // A step needs a part of a store, so it is never alone.
    alone: async () => 0,
    answerOf: (count) => count,
    readAnswer: Number,
    gate: { enter() {}, leave() {} },
  })
}
