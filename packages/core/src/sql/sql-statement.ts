import type { CompiledQuery } from 'kysely'

/** A query that Kysely can compile: any of its builders, or a finished raw one. */
interface Compilable<Row> {
  compile(): CompiledQuery<Row>
}

declare const rowType: unique symbol

/** The text of a compiled statement: all that an engine needs to prepare it. */
export interface CompiledSql {
  /** A short name for logs and for the server's list of prepared statements. */
  readonly name: string
  readonly sql: string
}

/**
 * A statement that Kysely compiled once, with named parameters still open. It is plain data: each engine keeps its own
 * prepared form of it. Building and preparing per call costs five times the query itself.
 */
export interface SqlStatement<Parameters, Row> extends CompiledSql {
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
 * )
 * load.bind({ id: 'n1' }) // ['n1']
 * ```
 */
export function compileStatement<Parameters extends object, Row>(
  name: string,
  build: (parameters: Parameters) => Compilable<Row>,
): SqlStatement<Parameters, Row> {
  const { sql, parameters } = build(standIns<Parameters>()).compile()
  return {
    name,
    sql,
    bind: (values) =>
      parameters.map((parameter) =>
        parameter instanceof StandIn ? Reflect.get(values, parameter.name) : parameter,
      ),
  }
}

class StandIn {
  readonly name: string | symbol

  constructor(name: string | symbol) {
    this.name = name
  }
}

/** Answers a stand-in for whatever parameter is read, under the type that the real value will have. */
function standIns<Parameters extends object>(): Parameters {
  return new Proxy({}, { get: (_, name) => new StandIn(name) }) as Parameters
}
