import type { SqlDialect } from './dialects/sql-dialect.ts'
import type { SqlDatabase } from './sql-database.ts'

interface Compiled<Statements> {
  readonly engine: string
  readonly schema: string | undefined
  readonly statements: Statements
}

/**
 * Returns a function that compiles the statements of a store once for all databases with the same
 * dialect, engine and schema. Compiling takes longer than opening an SQLite database.
 *
 * @param compile Compiles the statements. They must not refer to the database.
 */
export function compileOnce<Statements>(
  compile: (database: SqlDatabase) => Statements,
): (database: SqlDatabase) => Statements {
  const compiled = new WeakMap<SqlDialect, Compiled<Statements>>()
  return (database) => {
    const { dialect, engine, schema } = database
    const known = compiled.get(dialect)
    if (known?.engine === engine && known.schema === schema) return known.statements
    const statements = compile(database)
    compiled.set(dialect, { engine, schema, statements })
    return statements
  }
}
