import type { Database } from '@harborage/core'
import { requireSqlDatabase, type SqlStatement } from '@harborage/core/sql'

/** A statement as it went to the server. */
export interface Recorded {
  readonly sql: string
  readonly values: readonly unknown[]
}

/** A statement, and what it was answered. */
export interface Answered extends Recorded {
  readonly rows: Promise<readonly unknown[]>
}

/** Returns the same database, which keeps every reading statement that a store runs on it. */
export function recordStatements(database: Database): {
  readonly database: Database
  readonly recorded: Answered[]
} {
  const target = requireSqlDatabase(database)
  const recorded: Answered[] = []
  const rows = <Parameters, Row>(
    statement: SqlStatement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<readonly Row[]> => {
    const answered = target.rows(statement, parameters)
    recorded.push({ sql: statement.sql, values: statement.bind(parameters), rows: answered })
    return answered
  }
  const recording = new Proxy(target, {
    get(_, member): unknown {
      if (member === 'rows') return rows
      const value: unknown = Reflect.get(target, member)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
  return { database: recording, recorded }
}
