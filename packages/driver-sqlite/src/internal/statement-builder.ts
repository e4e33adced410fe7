import type { NoTables } from '@harborage/core/sql'
import {
  Kysely,
  SqliteDialect,
  SqliteQueryCompiler,
  ValueNode,
  type LimitNode,
  type QueryCompiler,
  type SqliteDatabase,
} from 'kysely'

/**
 * Compiles queries whose statements are prepared once. SQLite looks at the value of a bare `?` when
 * it plans an ORDER BY or a LIMIT, and prepares such a statement again each time that it is run,
 * which takes longer than to read a page. It does not look into expressions.
 */
class StableQueryCompiler extends SqliteQueryCompiler {
  protected override getCurrentParameterPlaceholder(): string {
    return '+?'
  }

  protected override visitLimit({ limit }: LimitNode): void {
    this.append('limit ')
    this.visitNode(limit)
    if (ValueNode.is(limit)) this.append(' + 0')
  }
}

class StableDialect extends SqliteDialect {
  override createQueryCompiler(): QueryCompiler {
    return new StableQueryCompiler()
  }
}

/** Returns a builder of statements, which migrations can also run. */
export function statementBuilder(
  database: SqliteDatabase | (() => Promise<SqliteDatabase>),
): Kysely<NoTables> {
  return new Kysely({ dialect: new StableDialect({ database }) })
}
