import type { SqlDatabase, SqlStatement } from '@harborage/core/sql'
import type { RefColumns } from './rows.ts'
import { compileListPage, type FilterColumn, type PageParameters } from './statements.ts'

/** The walks, one statement per set of filtered columns, each compiled when it is first asked for. */
export class ListStatements {
  readonly #database: SqlDatabase
  readonly #compiled = new Map<string, SqlStatement<PageParameters, RefColumns>>()

  constructor(database: SqlDatabase) {
    this.#database = database
  }

  for(filtered: ReadonlySet<FilterColumn>): SqlStatement<PageParameters, RefColumns> {
    const key = [...filtered].join()
    const known = this.#compiled.get(key)
    if (known !== undefined) return known
    const fresh = compileListPage(this.#database, filtered)
    this.#compiled.set(key, fresh)
    return fresh
  }
}
