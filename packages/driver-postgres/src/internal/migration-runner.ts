import { setTimeout as delay } from 'node:timers/promises'
import { HarborageError } from '@harborage/core'
import {
  lockKey,
  PostgresMigrationDialect,
  type MigrationLock,
  type NoTables,
} from '@harborage/core/sql'
import { Kysely, sql, type AccessMode, type Transaction } from 'kysely'
import type { ClientPool } from './client-pool.ts'
import { MigrationClient } from './migration-client.ts'
import { isTransientConflict, migrationFailure } from './postgres-failure.ts'

/** The first lock timeout. Calls wait behind a migration that waits for its table locks. */
const FIRST_WAIT_MS = 500
/**
 * The longest lock timeout. It exceeds `deadlock_timeout`, after which Postgres also cancels a
 * blocking autovacuum.
 */
const LONGEST_WAIT_MS = 2_000
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 2_000

/** The lock that migrations of all stores take before they create the shared schema. */
const SCHEMA_LOCK = 'harbor-schema'

/**
 * Runs migrations during calls of other processes, without delaying them for long or deadlocking
 * with them.
 */
export class MigrationRunner {
  /** The query builder, which compiles statements too. */
  readonly database: Kysely<NoTables>
  readonly #schema: string
  readonly #timeoutMs: number
  readonly #access: AccessMode

  /**
   * @param timeoutMs The time limit for locking the tables.
   * @param access Whether the server lets a migration change anything.
   */
  constructor(pool: ClientPool, schema: string, timeoutMs: number, access: AccessMode) {
    this.database = new Kysely({
      dialect: new PostgresMigrationDialect(
        async () => new MigrationClient(pool, await pool.acquire()),
      ),
    })
    this.#schema = schema
    this.#timeoutMs = timeoutMs
    this.#access = access
  }

  /** Runs a migration. Starts over with longer and longer waits while others lock its tables. */
  async run<Result>(
    lock: MigrationLock,
    work: (db: Kysely<NoTables>) => Promise<Result>,
  ): Promise<Result> {
    const deadline = performance.now() + this.#timeoutMs
    for (let [wait, pause] = [FIRST_WAIT_MS, FIRST_PAUSE_MS]; ;) {
      try {
        return await this.#attempt(lock, wait, work)
      } catch (error) {
        if (!isTransientConflict(error)) throw migrationFailure(error)
        if (performance.now() >= deadline) throw this.#inTheWay(error)
      }
      // With jitter of up to half the pause, so that migrations of several processes do not collide
      // again.
      await delay(pause * (0.5 + Math.random() / 2))
      wait = Math.min(wait * 1.5, LONGEST_WAIT_MS)
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS)
    }
  }

  async #attempt<Result>(
    lock: MigrationLock,
    waitMs: number,
    work: (db: Kysely<NoTables>) => Promise<Result>,
  ): Promise<Result> {
    return (
      this.database
        .transaction()
        // A snapshot for the whole transaction would be older than the lock, and miss earlier
        // changes of others.
        .setIsolationLevel('read committed')
        .setAccessMode(this.#access)
        .execute(async (transaction) => {
          await sql`select pg_advisory_xact_lock(${lockKey(lock.name)})`.execute(transaction)
          await this.#lockSchemaCreation(transaction)
          await this.#takeTables(transaction, lock.tables, waitMs)
          return work(transaction.withSchema(this.#schema))
        })
    )
  }

  /**
   * Takes the lock for creating the schema, unless it exists: `create schema if not exists` fails
   * if two transactions create it at once.
   */
  async #lockSchemaCreation(transaction: Transaction<NoTables>): Promise<void> {
    const { rows } = await sql`select from pg_namespace where nspname = ${this.#schema}`.execute(
      transaction,
    )
    if (rows.length > 0) return
    await sql`select pg_advisory_xact_lock(${lockKey(SCHEMA_LOCK)})`.execute(transaction)
  }

  /**
   * Locks the tables exclusively before anything else. Upgrading a weaker lock later could deadlock
   * with transactions that began in between. If the role does not own the tables, its first change
   * fails.
   */
  async #takeTables(
    transaction: Transaction<NoTables>,
    tables: readonly string[],
    waitMs: number,
  ): Promise<void> {
    const { rows } = await sql<{ name: string }>`
      select relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = ${this.#schema} and c.relname = any(${tables})
        and pg_has_role(c.relowner, 'USAGE')
      order by array_position(${tables}, relname::text)`.execute(transaction)
    if (rows.length === 0) return
    await sql`select set_config('lock_timeout', ${String(Math.round(waitMs))}, true)`.execute(
      transaction,
    )
    for (const { name } of rows) {
      await sql`lock table ${sql.id(this.#schema, name)} in access exclusive mode`.execute(
        transaction,
      )
    }
    await sql`set local lock_timeout to default`.execute(transaction)
  }

  #inTheWay(cause: unknown): HarborageError {
    return new HarborageError(
      'store_unavailable',
      `the migration could not lock its tables within ${this.#timeoutMs} ms, and changed nothing: end the long ` +
        'transactions on them (pg_stat_activity), or open the store again when there are none',
      { cause },
    )
  }
}
