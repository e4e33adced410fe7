import { Socket } from 'node:net'
import { HarborageError } from '@harborage/core'
import { settlesWithin } from '@harborage/core/kit'
import pg from 'pg'
import type { CheckedPostgresConfig } from '../postgres-config.ts'
import { ConnectionGate, type ConnectionUse } from './connection-gate.ts'
import { CONNECTION_TIMEOUT } from './failure-messages.ts'
import { connectionFailure, connectionLimit } from './postgres-failure.ts'

const CLOSE_TIMEOUT_MS = 5_000

/** The connections of one database: its own pool, or the caller's. Every wait is bounded. */
export class ClientPool {
  readonly timeoutMs: number
  /** Whether a connection accepts a statement before it has answered the previous one. */
  readonly pipelines: boolean
  readonly #pool: pg.Pool
  readonly #isOwn: boolean
  readonly #gate: ConnectionGate
  /** The open sockets of the own pool, including those of failed connections. */
  readonly #sockets = new Set<Socket>()
  /** A promise for each connection of the own pool, which resolves when it has ended. */
  readonly #endings = new Set<Promise<void>>()
  /** Whether a client of the caller's pool was inside a transaction. */
  hasDiscarded = false
  /** The connection limit because of which the server rejected the last connection. */
  #limit: string | undefined

  constructor(config: CheckedPostgresConfig) {
    this.timeoutMs = config.connectionTimeoutMs
    this.#isOwn = config.pool === undefined
    // Poolers without prepared statements may not support pipelining either.
    this.pipelines = this.#isOwn && config.preparedStatements
    this.#pool = config.pool ?? this.#ownPool(config)
    ignoreErrorsOf(this.#pool)
    this.#gate = new ConnectionGate(maxClients(this.#pool), config.connectionTimeoutMs)
  }

  /** The number of calls that wait for a connection. */
  get waiting(): number {
    return this.#gate.waiting + this.#pool.waitingCount
  }

  /** The number of connections on which calls run. */
  get inUse(): number {
    return this.#gate.inUse
  }

  /** The number of open connections that wait for calls. */
  get idle(): number {
    return this.#pool.idleCount
  }

  /** Returns whether a connection for this use is available, or can be made, without waiting. */
  hasRoomFor(use: ConnectionUse): boolean {
    return this.#gate.hasRoomFor(use)
  }

  /**
   * Takes a connection out of the pool. Return it with {@link release}. Discards connections on
   * which other code left a transaction open: a later rollback would undo what is written there.
   *
   * @throws PostgresFailure if there is none in time.
   */
  async acquire(use: ConnectionUse = 'long'): Promise<pg.PoolClient> {
    try {
      // No `await` if there is nothing to wait for.
      const admission = this.#gate.enter(use)
      if (admission !== undefined) await admission
      return await this.#admitted(use)
    } catch (error) {
      this.#limit = connectionLimit(error) ?? this.#limit
      throw connectionFailure(error, this.timeoutMs, this.#limit)
    }
  }

  /**
   * Returns a connection that was acquired for the same use. A connection that is broken or in a
   * transaction leaves the pool.
   */
  release(client: pg.PoolClient, isBroken = false, use: ConnectionUse = 'long'): void {
    this.#checkIn(client, isBroken)
    this.#gate.leave(use, isBroken)
  }

  /** Ends the pool, unless it is the caller's own. */
  async close(): Promise<void> {
    if (!this.#isOwn) {
      stopIgnoringErrorsOf(this.#pool)
      return
    }
    // A server that does not answer must not keep the store from closing or the process from
    // ending.
    const ended = Promise.all([this.#pool.end(), ...this.#endings])
    await settlesWithin(CLOSE_TIMEOUT_MS, ended)
    for (const socket of this.#sockets) socket.destroy()
  }

  async #admitted(use: ConnectionUse): Promise<pg.PoolClient> {
    try {
      return await (this.#isOwn ? this.#checkOut() : this.#checkOutIdle())
    } catch (error) {
      this.#gate.leave(use, true)
      throw error
    }
  }

  #checkIn(client: pg.PoolClient, isBroken: boolean): void {
    client.release(isBroken || !isIdle(client))
    client.off('error', ignoreError)
  }

  /**
   * Takes a client. With a promise instead of the callback there would be a moment without an error
   * listener.
   */
  #checkOut(): Promise<pg.PoolClient> {
    const { promise, resolve, reject } = Promise.withResolvers<pg.PoolClient>()
    this.#pool.connect((error, client) => {
      if (client === undefined) {
        reject(error ?? new Error('the pool returned no connection'))
        return
      }
      client.on('error', ignoreError)
      resolve(client)
    })
    return promise
  }

  async #checkOutIdle(): Promise<pg.PoolClient> {
    for (;;) {
      const client = await this.#checkOutInTime()
      if (isIdle(client)) return client
      this.hasDiscarded = true
      this.#checkIn(client, true)
    }
  }

  /** Takes a client within the time limit. A caller's pool may have no limit of its own. */
  async #checkOutInTime(): Promise<pg.PoolClient> {
    const checkingOut = this.#checkOut()
    if (await settlesWithin(this.timeoutMs, checkingOut)) return checkingOut
    checkingOut.then((late) => this.#checkIn(late, false), ignoreError)
    throw new Error(CONNECTION_TIMEOUT)
  }

  #ownPool(config: CheckedPostgresConfig): pg.Pool {
    const pool = new pg.Pool({
      connectionString: connectionStringOf(config),
      max: config.max,
      connectionTimeoutMillis: config.connectionTimeoutMs,
      keepAlive: true,
      pipeline: this.pipelines,
      application_name: 'harborage',
      stream: () => this.#newSocket(),
    })
    return pool.on('connect', (client) => {
      this.#limit = undefined
      this.#expectEnd(client)
    })
  }

  #newSocket(): Socket {
    const socket = new Socket()
    this.#sockets.add(socket)
    return socket.once('close', () => this.#sockets.delete(socket))
  }

  #expectEnd(client: pg.PoolClient): void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#endings.add(promise)
    // Also during closing, when the pool no longer listens.
    client.on('error', ignoreError)
    client.once('end', () => {
      this.#endings.delete(promise)
      resolve()
    })
  }
}

/** Returns the DSN, with the option that makes the server refuse changes if it is asked for. */
function connectionStringOf({ dsn, readOnly }: CheckedPostgresConfig): string | undefined {
  if (dsn === undefined || !readOnly) return dsn
  const given = URL.canParse(dsn) ? new URL(dsn).searchParams.get('options') : undefined
  const options = `${given ?? process.env['PGOPTIONS'] ?? ''} -c default_transaction_read_only=on`
  // pg takes the last one of the same name.
  return `${dsn}${dsn.includes('?') ? '&' : '?'}options=${encodeURIComponent(options.trim())}`
}

/**
 * Returns the largest number of connections of a pool. A caller's pool may be of another class
 * without this option.
 */
function maxClients({ options }: Partial<Pick<pg.Pool, 'options'>>): number {
  const most: unknown = options?.max
  return typeof most === 'number' ? most : Number.POSITIVE_INFINITY
}

/**
 * Returns whether no transaction is open on a connection, according to the last answer of the
 * server. It takes no round trip.
 *
 * @throws `invalid_config` if the client is of an older pg, which does not know.
 */
export function isIdle(client: pg.PoolClient): boolean {
  if (!('getTransactionStatus' in client)) {
    throw new HarborageError(
      'invalid_config',
      'pool is of a version of pg without getTransactionStatus(): upgrade pg, or pass dsn',
    )
  }
  const status = client.getTransactionStatus()
  return status === 'I' || status === null
}

/** The number of databases that use a pool. */
const users = new WeakMap<pg.Pool, number>()

/** Ignores the errors of idle connections of a pool, with one listener for all databases on it. */
function ignoreErrorsOf(pool: pg.Pool): void {
  const known = users.get(pool) ?? 0
  users.set(pool, known + 1)
  if (known === 0) pool.on('error', ignoreError)
}

/** Reverts one call of {@link ignoreErrorsOf}. */
function stopIgnoringErrorsOf(pool: pg.Pool): void {
  const left = (users.get(pool) ?? 0) - 1
  users.set(pool, left)
  if (left === 0) pool.off('error', ignoreError)
}

/**
 * Does nothing. A killed backend makes its client emit an error, which without a listener would end
 * the process.
 */
function ignoreError(): void {}
