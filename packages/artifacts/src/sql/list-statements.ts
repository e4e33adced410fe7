import type { SqlDatabase } from '@harborage/core/sql'
import { compileListPage, type FilterColumn, type ListStatement } from './statements.ts'

/** The walks, one per set of filtered columns, each compiled when it is first asked for. */
export class ListStatements {
  readonly #database: SqlDatabase
  readonly #compiled = new Map<string, ListStatement>()

  constructor(database: SqlDatabase) {
    this.#database = database
  }

  for(filtered: ReadonlySet<FilterColumn>): ListStatement {
    const key = [...filtered].join()
    const known = this.#compiled.get(key)
    if (known !== undefined) return known
    const fresh = compileListPage(this.#database, filtered)
    this.#compiled.set(key, fresh)
    return fresh
  }
}
