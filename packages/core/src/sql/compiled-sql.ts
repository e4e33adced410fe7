import type { CompiledQuery } from 'kysely'

/** A query that Kysely can compile: any of its builders, or a finished raw one. */
export interface Compilable<Row> {
  /** Returns the text of the statement and the values of its parameters. */
  compile(): CompiledQuery<Row>
}

/** The text of a compiled statement: all that an engine needs to prepare it. */
export interface CompiledSql {
  /** A short name for logs and for the server's list of prepared statements. */
  readonly name: string
  readonly sql: string
}
