import { PGlite } from '@electric-sql/pglite'
import {
  HarborageError,
  isHarborageError,
  type DatabaseGauges,
  type Finding,
  type PingOptions,
} from '@harborage/core'
import { answersWithin, CallGate, checkPing, codeOf } from '@harborage/core/kit'
import {
  lockKey,
  postgresDialect,
  PostgresMigrationDialect,
  SqlFailure,
  type MigrationLock,
  type NoTables,
  type SqlAnswer,
  type SqlDatabase,
  type SqlDialect,
  type SqlStatement,
  type SqlStep,
  type SqlWork,
  type StoredObjects,
  type TransactionTraits,
} from '@harborage/core/sql'
import { Kysely, sql, type PostgresPoolClient } from 'kysely'
import { Client, type QueryResult } from 'pg'
import { PGliteStream } from './pglite-stream.ts'

const BYTEA = 17
/** int8, int2 and int4. `length` of bytes is an int4. */
const INTEGERS: ReadonlySet<number> = new Set([20, 21, 23])

/**
 * Opens an engine on PGlite, the build of Postgres for one process: in memory, for one caller after
 * the other.
 */
export async function openPGlite(): Promise<PGliteDatabase> {
  const pglite = await PGlite.create()
  const client = new Client({
    user: 'postgres',
    database: 'postgres',
    // PGlite's own client loses a U+FEFF at the beginning of a text; that of pg does not.
    stream: () => new PGliteStream(pglite),
    types: { getTypeParser: parserOf },
  })
  await client.connect()
  return new PGliteDatabase(pglite, client)
}

function parserOf(typeId: number): (text: string) => unknown {
  if (INTEGERS.has(typeId)) return Number
  if (typeId !== BYTEA) return String
  // Hexadecimal digits behind `\\x`, since PGlite has the settings of a new server.
  return (text) => new Uint8Array(Buffer.from(text.slice(2), 'hex'))
}

/** The port of engines on one connection. Nothing is lost on it, so nothing is repeated. */
class PGliteDatabase implements SqlDatabase {
  readonly engine = 'pglite'
  readonly dialect: SqlDialect = postgresDialect
  readonly schema = 'public'
  readonly builder: Kysely<NoTables>
  readonly #pglite: PGlite
  readonly #client: Client
  readonly #names = new Map<string, string>()
  readonly #gate = new CallGate({ name: 'PGlite database' })
  #isClosed = false
  /** The end of what uses the connection last. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(pglite: PGlite, client: Client) {
    this.#pglite = pglite
    this.#client = client
    this.builder = new Kysely<NoTables>({
      dialect: new PostgresMigrationDialect(async () => connectionOf(client)),
    })
  }

  async rows<Parameters, Row>(
    statement: SqlStatement<Parameters, Row>,
    parameters: Parameters,
  ): Promise<readonly Row[]> {
    const values = statement.bind(parameters)
    const { rows } = await this.#alone(() => this.#query(statement.sql, values))
    // The statement's type is the only thing that says what its rows are.
    return rows as readonly Row[]
  }

  async changes<Parameters>(
    statement: SqlStatement<Parameters, unknown>,
    parameters: Parameters,
  ): Promise<number> {
    const values = statement.bind(parameters)
    const { rowCount } = await this.#alone(() => this.#query(statement.sql, values))
    return rowCount ?? 0
  }

  async transaction<Result>(
    _: TransactionTraits,
    work: (mayBeApplied: boolean) => SqlWork<Result>,
  ): Promise<Result> {
    return this.#alone(async () => {
      await this.#query('begin')
      try {
        const result = await this.#drive(work(false))
        await this.#query('commit')
        return result
      } catch (error) {
        await this.#query('rollback')
        throw error
      }
    })
  }

  async migrate<Result>(
    lock: MigrationLock,
    work: (db: Kysely<NoTables>) => Promise<Result>,
  ): Promise<Result> {
    return this.#alone(() =>
      this.builder.transaction().execute(async (transaction) => {
        await sql`select pg_advisory_xact_lock(${lockKey(lock.name)})`.execute(transaction)
        return work(transaction)
      }),
    )
  }

  async ping(options?: PingOptions): Promise<void> {
    await answersWithin(
      checkPing(options),
      this.#alone(() => this.#query('select 1')),
    )
  }

  gauges(): DatabaseGauges {
    return {
      connectionsInUse: 0,
      connectionsIdle: this.#isClosed ? 0 : 1,
      callsWaiting: 0,
      writesQueued: 0,
      writeBytesQueued: 0,
    }
  }

  async inspect({ tables }: StoredObjects): Promise<readonly Finding[]> {
    const { rows } = await this.#alone(() =>
      this.#query('select name from unnest($1::text[]) as name where to_regclass(name) is null', [
        tables,
      ]),
    )
    return rows.length === 0 || rows.length === tables.length
      ? []
      : [{ name: 'missing_table', grade: 'fails', message: 'a table of the store is gone' }]
  }

  close(): Promise<void> {
    return this.#gate.close(async () => {
      this.#isClosed = true
      await this.#client.end()
      await this.#pglite.close()
    })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #drive<Result>(work: SqlWork<Result>): Promise<Result> {
    let state = work.next([])
    while (state.done !== true) {
      const answers: SqlAnswer[] = []
      for (const step of state.value) answers.push(await this.#answer(step))
      state = work.next(answers)
    }
    return state.value
  }

  async #answer({ statement, values, answer }: SqlStep): Promise<SqlAnswer> {
    const { rows, rowCount } = await this.#query(statement.sql, values)
    return answer === 'rows' ? rows : (rowCount ?? 0)
  }

  /**
   * Waits until nothing else uses the connection: a call between two statements would be of
   * another's transaction.
   */
  #alone<Result>(use: () => Promise<Result>): Promise<Result> {
    return this.#gate.run(undefined, () => {
      const used = this.#last.then(use)
      this.#last = used.catch(() => {})
      return used
    })
  }

  async #query(text: string, values: readonly unknown[] = []): Promise<QueryResult> {
    try {
      return await this.#client.query({
        name: this.#nameOf(text),
        text,
        values: values.map(sendable),
      })
    } catch (error) {
      throw this.#failureOf(error)
    }
  }

  /** Prepares each statement once: parsing it takes PGlite longer than executing it. */
  #nameOf(text: string): string {
    const name = this.#names.get(text) ?? `statement_${this.#names.size}`
    this.#names.set(text, name)
    return name
  }

  #failureOf(error: unknown): unknown {
    if (isHarborageError(error)) return error
    const reason = this.dialect.failureReason(codeOf(error) ?? '')
    if (reason !== undefined) return new SqlFailure(reason)
    return new HarborageError('store_unavailable', 'PGlite could not do the work: see the cause', {
      cause: error,
      retryable: false,
    })
  }
}

/** Returns bytes as a Buffer: the client treats other bytes as JSON. */
function sendable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sendable)
  return value instanceof Uint8Array
    ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    : value
}

/** Returns the one connection, as Kysely's Migrator takes it. */
function connectionOf(client: Client): PostgresPoolClient {
  const query = (text: string, values: readonly unknown[]): Promise<QueryResult> =>
    client.query(text, [...values])
  return { query, release: () => {} } as never
}
