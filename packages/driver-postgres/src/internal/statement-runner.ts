import { hash } from 'node:crypto'
import type { CompiledSql } from '@harborage/core/sql'
import type pg from 'pg'
import type { CheckedPostgresConfig } from '../postgres-config.ts'
import { columnParsers } from './column-parsers.ts'

/** The most characters of a statement's name that Postgres tells apart. */
const NAME_CHARACTERS = 63

/** What pg answers to a statement. */
export type StatementResult = pg.QueryResult<Record<string, unknown>>

interface Sent {
  name?: string
  readonly text: string
  readonly values?: unknown[]
}

/** Sends statements on a connection, each prepared on it by name if the configuration says so. */
export class StatementRunner {
  readonly #isPrepared: boolean
  readonly #timeoutMs: number
  readonly #names = new Map<CompiledSql, string>()

  constructor(config: Pick<CheckedPostgresConfig, 'preparedStatements' | 'queryTimeoutMs'>) {
    this.#isPrepared = config.preparedStatements
    this.#timeoutMs = config.queryTimeoutMs
  }

  /** Runs a compiled statement. */
  run(client: pg.ClientBase, statement: CompiledSql, values: unknown[]): Promise<StatementResult> {
    const query: Sent = { text: statement.sql, values }
    if (this.#isPrepared) query.name = this.#nameOf(statement)
    return this.#send(client, query)
  }

  /** Runs a command that has no values, in the simple protocol. */
  command(client: pg.ClientBase, text: string): Promise<StatementResult> {
    return this.#send(client, { text })
  }

  /** Whatever parsers of values the caller's pool has, the rows are read by this package's own. */
  #send(client: pg.ClientBase, query: Sent): Promise<StatementResult> {
    const { promise, resolve, reject } = Promise.withResolvers<StatementResult>()
    const timed = Object.assign(query, { types: columnParsers, query_timeout: this.#timeoutMs })
    // A callback spares two promises per query.
    client.query(timed, (error: Error | null | undefined, result: StatementResult) => {
      if (error) reject(error)
      else resolve(result)
    })
    return promise
  }

  /** A name that stands for one text only: two schemas may share a connection. */
  #nameOf(statement: CompiledSql): string {
    const known = this.#names.get(statement)
    if (known !== undefined) return known
    const digest = hash('sha256', statement.sql, 'hex').slice(0, 12)
    const name = `harbor_${statement.name}`.slice(0, NAME_CHARACTERS - digest.length - 1)
    const unique = `${name}_${digest}`
    this.#names.set(statement, unique)
    return unique
  }
}
