import { hash } from 'node:crypto'
import type { CompiledSql } from '@harborage/core/sql'
import type pg from 'pg'
import type { CheckedPostgresConfig } from '../postgres-config.ts'
import { binaryArray } from './binary-array.ts'
import { columnParsers } from './column-parsers.ts'
import { QUERY_TIMEOUT } from './postgres-failure.ts'

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
  /** By their text: each store that is opened compiles its statements anew. */
  readonly #names = new Map<string, string>()

  constructor(config: Pick<CheckedPostgresConfig, 'preparedStatements' | 'queryTimeoutMs'>) {
    this.#isPrepared = config.preparedStatements
    this.#timeoutMs = config.queryTimeoutMs
  }

  /** Runs a compiled statement. */
  run(client: pg.Client, statement: CompiledSql, values: unknown[]): Promise<StatementResult> {
    const query: Sent = { text: statement.sql, values: values.map(encoded) }
    if (this.#isPrepared) query.name = this.#nameOf(statement)
    return this.#send(client, query)
  }

  /** Runs a command that has no values, in the simple protocol. */
  command(client: pg.Client, text: string): Promise<StatementResult> {
    return this.#send(client, { text })
  }

  /** Whatever parsers of values the caller's pool has, the rows are read by this package's own. */
  #send(client: pg.Client, query: Sent): Promise<StatementResult> {
    const { promise, resolve, reject } = Promise.withResolvers<StatementResult>()
    // The option of pg for this keeps the garbage of a query alive for longer, at a tenth of the cost of a small save.
    const timer = setTimeout(() => {
      reject(new Error(QUERY_TIMEOUT))
      // Those behind it on the same connection wait for the same answer.
      if (client.pipeline) client.connection.stream.destroy()
    }, this.#timeoutMs)
    const typed = Object.assign(query, { types: columnParsers })
    // A callback spares two promises per query.
    client.query(typed, (error: Error | null | undefined, result: StatementResult) => {
      clearTimeout(timer)
      if (error) reject(error)
      else resolve(result)
    })
    return promise
  }

  /** A name that stands for one text only: two schemas may share a connection. */
  #nameOf(statement: CompiledSql): string {
    const known = this.#names.get(statement.sql)
    if (known !== undefined) return known
    const digest = hash('sha256', statement.sql, 'hex').slice(0, 12)
    const name = `harbor_${statement.name}`.slice(0, NAME_CHARACTERS - digest.length - 1)
    const unique = `${name}_${digest}`
    this.#names.set(statement.sql, unique)
    return unique
  }
}

function encoded(value: unknown): unknown {
  return Array.isArray(value) ? binaryArray(value) : value
}
