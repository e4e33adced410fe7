import type { SqlDatabase, SqlTraits } from './sql-database.ts'

interface Compiled<Statements> {
  readonly engine: string
  readonly schema: string | undefined
  readonly statements: Statements
}

/**
 * Compiles the statements of a store once for all databases with the same traits: that takes longer than to open a
 * database of SQLite. What is compiled must not refer to the database.
 */
export function compileOnce<Statements>(
  compile: (database: SqlDatabase) => Statements,
): (database: SqlDatabase) => Statements {
  const compiled = new WeakMap<SqlTraits, Compiled<Statements>>()
  return (database) => {
    const { traits, engine, schema } = database
    const known = compiled.get(traits)
    if (known?.engine === engine && known.schema === schema) return known.statements
    const statements = compile(database)
    compiled.set(traits, { engine, schema, statements })
    return statements
  }
}
