import type { CompiledQuery } from 'kysely'
import { HarborageError } from '../harborage-error.ts'
import { Placeholder, placeholders } from './placeholder.ts'
import type { ColumnTypes } from './table-spec.ts'

/**
 * A query that compiles by itself: one of Kysely's query builders. Raw SQL needs a builder to
 * compile with, so pass `{ compile: () => raw.compile(builder) }` for a `raw` that `sql` made.
 */
export interface Compilable<Row> {
  /** Returns the text of the statement and the values of its parameters. */
  compile(): CompiledQuery<Row>
}

/** The text of a compiled statement, from which an engine prepares it. */
export interface CompiledSql {
  /** A short name for logs and for the server's list of prepared statements. */
  readonly name: string
  readonly sql: string
}

/**
 * Whether an engine may repeat a statement or a transaction by itself after an attempt whose answer
 * was lost, so that it may have been applied. An attempt that certainly was not applied is always
 * repeated. `repeats.md` gives the reason for each statement.
 *
 * - `reads`: it changes nothing.
 * - `recognized`: the stored data shows whether the first attempt was applied. If it was, the
 *   repetition changes nothing.
 * - `never`: the repetition could undo what others wrote in between. The call fails with
 *   `outcome_unknown`.
 */
export type Repeat = 'reads' | 'recognized' | 'never'

/**
 * The batch form of a statement. It makes many calls at once, each of which writes at most one row.
 */
export interface SqlBatch<Parameters> extends CompiledSql {
  /**
   * Returns the values of the statement for these calls, which are sorted by their first keys.
   *
   * @param lockTimeoutMs The time for which the statement waits for a locked row before it fails as
   * a whole.
   */
  bindAll(calls: readonly Parameters[], lockTimeoutMs: number): unknown[]
  /**
   * The form for calls that probably conflict, at the cost of a lookup per call: it leaves out
   * every call that conflicts with an existing row, where the other form fails as a whole. It may
   * still fail if that row is being written at the same time. Default: none.
   */
  readonly selective?: SqlBatch<Parameters> | undefined
  /**
   * Returns the name of a call within its batch. It also has to return that name for the row that
   * the statement returns for the call.
   */
  nameOf(row: Parameters): string
}

/** The parts of a batch besides its SQL. */
export interface BatchRules<Parameters> extends Pick<SqlBatch<Parameters>, 'nameOf'> {
  readonly columns: ColumnTypes<keyof Parameters & string>
}

declare const rowType: unique symbol

/** The keys and size of a statement that writes. */
export interface WriteTraits<Parameters> {
  /**
   * Returns the keys that a call may write, and any others that two concurrent calls must not
   * share: an engine makes calls with a common key one after the other. Calls of a batch are sorted
   * by their first key. To avoid deadlocks, every other write to the table has to lock its rows in
   * the order of these keys. Default: none.
   */
  keysOf?(call: Parameters): readonly string[]
  /**
   * Returns the keys that a call only locks against changes: it waits for calls that may write
   * them, and not for others that share them. Default: none.
   */
  sharedKeysOf?(call: Parameters): readonly string[]
  /** Returns the approximate size of a call in bytes. Default: 0. */
  sizeOf?(call: Parameters): number
}

/** Properties of a statement that an engine needs or can use. */
export interface StatementTraits<Parameters> extends WriteTraits<Parameters> {
  /**
   * Whether the engine may repeat it after its answer was lost. If a `recognized` statement then
   * changes nothing, it fails with the reason `repeated`, and the store reads the outcome.
   */
  readonly repeat: Repeat
  /**
   * Whether it reads at most one row by a unique key. Such reads are so fast that they may share a
   * connection, on which each waits for those before it. Default: `false`.
   */
  readonly isPointRead?: boolean
  /**
   * Whether it reads a few rows fast enough to share a connection as a point read does. Default:
   * `false`.
   */
  readonly isShortRead?: boolean
  /** The form that makes many calls as one statement. Default: none, each call runs by itself. */
  readonly batch?: SqlBatch<Parameters> | undefined
  /**
   * Whether calls mostly come several in a tick of the event loop. Then even the first one waits
   * for the end of the tick, so that they are sent as one. Default: `false`.
   */
  readonly isGathered?: boolean
}

/**
 * A statement that Kysely compiled once, with named parameters. It is plain data, and each engine
 * keeps its own prepared form. Compiling and preparing for every call would cost five times as much
 * as the query itself.
 */
export interface SqlStatement<Parameters, Row> extends CompiledSql, StatementTraits<Parameters> {
  /** Returns the values of a call, in the order of the statement's placeholders. */
  bind(parameters: Parameters): unknown[]
  /** Never set: it only carries the type of the rows. */
  readonly [rowType]?: Row
}

/**
 * Compiles a statement.
 *
 * @param name A short, unique name for logs and prepared statements.
 * @param build Builds the query. It gets a placeholder for each parameter and uses it as the value.
 * @throws `invalid_config` if the query does not compile, such as raw SQL by itself.
 *
 * @example
 * ```ts
 * import { compileStatement } from '@harborage/core/sql'
 * import { DummyDriver, Kysely } from 'kysely'
 * import { SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
 *
 * const builder = new Kysely<{ notes: { id: string; text: string } }>({
 *   dialect: {
 *     createAdapter: () => new SqliteAdapter(),
 *     createDriver: () => new DummyDriver(),
 *     createIntrospector: (db) => new SqliteIntrospector(db),
 *     createQueryCompiler: () => new SqliteQueryCompiler(),
 *   },
 * })
 * const load = compileStatement('load_note', (note: { id: string }) =>
 *   builder.selectFrom('notes').select('text').where('id', '=', note.id),
 *   { repeat: 'reads' },
 * )
 * load.bind({ id: 'n1' }) // ['n1']
 * ```
 */
export function compileStatement<Parameters extends object, Row>(
  name: string,
  build: (parameters: Parameters) => Compilable<Row>,
  traits: StatementTraits<Parameters>,
): SqlStatement<Parameters, Row> {
  const { sql, parameters } = compiled(name, build(placeholders<Parameters>()))
  // The placeholders have the names of the parameters.
  const names = parameters.map((parameter) =>
    parameter instanceof Placeholder ? (parameter.name as keyof Parameters) : undefined,
  )
  return {
    ...traits,
    name,
    sql,
    // A plain loop, and no Reflect.get, which takes several times as long: this runs for every
    // statement.
    bind(values) {
      const bound = [...parameters]
      for (let place = 0; place < names.length; place += 1) {
        const known = names[place]
        if (known !== undefined) bound[place] = values[known]
      }
      return bound
    },
  }
}

/** Compiles a query, which may be raw SQL if JavaScript passes it. */
function compiled<Row>(name: string, query: Compilable<Row>): CompiledQuery<Row> {
  try {
    return query.compile()
  } catch (cause) {
    throw notCompilable(name, cause)
  }
}

function notCompilable(name: string, cause: unknown): HarborageError {
  return new HarborageError(
    'invalid_config',
    `the statement ${name} does not compile: return a query builder of Kysely, or for raw SQL { compile: () => raw.compile(builder) }`,
    { cause },
  )
}
