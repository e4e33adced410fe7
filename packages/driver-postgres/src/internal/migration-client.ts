import type { PostgresCursor, PostgresPoolClient, PostgresQueryResult } from 'kysely'
import type pg from 'pg'
import type { ClientPool } from './client-pool.ts'

/**
 * The connection of one migration. It keeps the first failure: after it, Postgres answers every
 * further statement of the transaction only with "transaction is aborted", and Kysely's Migrator
 * keeps sending some.
 */
export class MigrationClient implements PostgresPoolClient {
  readonly #pool: ClientPool
  readonly #client: pg.PoolClient
  #firstFailure: unknown

  constructor(pool: ClientPool, client: pg.PoolClient) {
    this.#pool = pool
    this.#client = client
  }

  query<Row>(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<Row>>
  query<Row>(cursor: PostgresCursor<Row>): PostgresCursor<Row>
  query(text: unknown, values: readonly unknown[] = []): unknown {
    return this.#client.query(String(text), [...values]).catch((error: unknown) => {
      this.#firstFailure ??= error
      throw this.#firstFailure
    })
  }

  release(isBroken?: boolean): void {
    this.#pool.release(this.#client, isBroken)
  }
}
