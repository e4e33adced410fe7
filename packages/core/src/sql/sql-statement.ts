import type { Compilable, CompiledSql } from './compiled-sql.ts'
import type { SqlBatch } from './sql-batch.ts'
import type { Repeat } from './sql-repeat.ts'
import { Placeholder, placeholders } from './placeholder.ts'

declare const rowType: unique symbol

/** What a statement that writes takes up. */
export interface WriteTraits<Parameters> {
  /**
   * Returns what the call may write to, and what else no two calls may have in common that are under way at the same
   * time: of those an engine makes the later one after the earlier one. The first key of a call that has a batch form
   * is the order in which the calls of a batch are made: the same for all who write to the table, so that they cannot
   * deadlock. Default: nothing.
   */
  keysOf?(call: Parameters): readonly string[]
  /** Returns about how many bytes the call carries. Default: none. */
  sizeOf?(call: Parameters): number
}

/** What an engine has to know of a statement, and what it may make use of. */
export interface StatementTraits<Parameters> extends WriteTraits<Parameters> {
  /**
   * Whether the engine may repeat it after its answer was lost. Where a `recognized` one then
   * changes nothing, it fails with the reason `repeated`: the store reads what became of it.
   */
  readonly repeat: Repeat
  /**
   * Reads one row at most, by a unique key, and is done at once, so that it may share a connection with others of its
   * kind, each of which waits for those before it. Default: `false`.
   */
  readonly isPointRead?: boolean
  /** Reads a few rows at once, so that it may share a connection as a point read may. Default: `false`. */
  readonly isShortRead?: boolean
  /** How many calls at a time are made as one statement. Default: each call by itself. */
  readonly batch?: SqlBatch<Parameters> | undefined
}

/**
 * A statement that Kysely compiled once, with named parameters still open. It is plain data: each engine keeps its own
 * prepared form of it. Building and preparing per call costs five times the query itself.
 */
export interface SqlStatement<Parameters, Row> extends CompiledSql, StatementTraits<Parameters> {
  /** The values of one call, in the order of the statement's placeholders. */
  bind(parameters: Parameters): unknown[]
  /** Never there: it carries the type of the rows. */
  readonly [rowType]?: Row
}

/**
 * Compiles a statement. `build` gets one stand-in per named parameter and uses it where the value goes.
 *
 * @example
 * ```ts
 * import { compileStatement } from '@harborage/core/sql'
 * import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
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
  const { sql, parameters } = build(placeholders<Parameters>()).compile()
  const names = parameters.map((parameter) =>
    parameter instanceof Placeholder ? parameter.name : undefined,
  )
  return {
    ...traits,
    name,
    sql,
    // One call for all values: it is made for each statement that is run.
    bind(values) {
      const bound = [...parameters]
      for (let place = 0; place < names.length; place += 1) {
        const known = names[place]
        if (known !== undefined) bound[place] = Reflect.get(values, known)
      }
      return bound
    },
  }
}
