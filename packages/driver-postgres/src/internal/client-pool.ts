import { Socket } from 'node:net'
import { HarborageError } from '@harborage/core'
import { settlesWithin } from '@harborage/core/kit'
import pg from 'pg'
import type { CheckedPostgresConfig } from '../postgres-config.ts'
import { CONNECTION_TIMEOUT, PATIENCE_TIMEOUT } from './connection-messages.ts'
import { Fifo } from './fifo.ts'
import { heedErrorsOf, ignoreError, ignoreErrorsOf } from './pool-errors.ts'
import { connectionFailure, connectionLimit } from './postgres-failure.ts'

const CLOSE_TIMEOUT_MS = 5_000

/**
 * What a connection is wanted for: `brief` work waits for no lock, or not for long; `patient` work may wait for a lock
 * for as long as a call holds it.
 */
export type ConnectionUse = 'brief' | 'patient'

interface Waiter {
  readonly since: number
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** Those who want connections for one use. */
class Line {
  readonly most: number
  /** The message of the error with which it refuses. */
  readonly refusal: string
  readonly waiters = new Fifo<Waiter>()
  inUse = 0
  lastProgress = 0
  timer: NodeJS.Timeout | undefined

  constructor(most: number, refusal: string) {
    this.most = most
    this.refusal = refusal
  }

  get mayGo(): boolean {
    return this.waiters.length > 0 && this.inUse < this.most
  }
}

/**
 * Lets as many calls at a time to the pool as it has connections. The others wait here, in order, and are not refused
 * while connections go from hand to hand: only one that has waited for the whole time limit, in which its line did not
 * move, is. Patient work leaves a fifth of the connections to brief work; where both wait, they take turns.
 */
export class ConnectionGate {
  readonly #connections: number
  readonly #timeoutMs: number
  readonly #brief: Line
  readonly #patient: Line
  #lastServed: Line
  #inUse = 0

  constructor(connections: number, timeoutMs: number) {
    this.#connections = connections
    this.#timeoutMs = timeoutMs
    this.#brief = new Line(connections, CONNECTION_TIMEOUT)
    this.#patient = new Line(Math.max(1, Math.floor(connections * 0.8)), PATIENCE_TIMEOUT)
    this.#lastServed = this.#patient
  }

  /** How many wait. */
  get waiting(): number {
    return this.#brief.waiters.length + this.#patient.waiters.length
  }

  /** Whether one may enter at once. */
  hasRoomFor(use: ConnectionUse): boolean {
    const line = this.#lineOf(use)
    return line.waiters.length === 0 && line.inUse < line.most && this.#inUse < this.#connections
  }

  /** Enters, or returns a promise that is resolved once that was possible. */
  enter(use: ConnectionUse): Promise<void> | undefined {
    const line = this.#lineOf(use)
    if (this.hasRoomFor(use)) {
      this.#admit(line)
      return undefined
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    line.waiters.push({ since: performance.now(), resolve, reject })
    this.#watch(line)
    return promise
  }

  /** Leaves, and lets the next one in. */
  leave(use: ConnectionUse, isBroken: boolean): void {
    const line = this.#lineOf(use)
    line.inUse -= 1
    this.#inUse -= 1
    if (this.waiting === 0) return
    if (!isBroken) line.lastProgress = performance.now()
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      this.#admit(next)
      next.waiters.shift()?.resolve()
      // While no call waits, the timer keeps no process alive.
      if (next.waiters.length === 0) next.timer?.unref()
    }
  }

  #lineOf(use: ConnectionUse): Line {
    return use === 'brief' ? this.#brief : this.#patient
  }

  #next(): Line | undefined {
    if (this.#inUse >= this.#connections) return undefined
    const lines =
      this.#lastServed === this.#brief ? [this.#patient, this.#brief] : [this.#brief, this.#patient]
    return lines.find(({ mayGo }) => mayGo)
  }

  #admit(line: Line): void {
    line.inUse += 1
    this.#inUse += 1
    this.#lastServed = line
  }

  /** Refuses those that wait for too long, as soon as there are any. */
  #watch(line: Line): void {
    const oldest = line.waiters.peek()
    if (oldest === undefined) return
    if (line.timer !== undefined) {
      line.timer.ref()
      return
    }
    const due = Math.max(oldest.since, line.lastProgress) + this.#timeoutMs
    line.timer = setTimeout(
      () => {
        line.timer = undefined
        this.#refuseLate(line)
        this.#watch(line)
      },
      Math.ceil(due - performance.now()),
    )
  }

  #refuseLate({ waiters, lastProgress, refusal }: Line): void {
    const limit = performance.now() - this.#timeoutMs
    if (lastProgress > limit) return
    for (
      let next = waiters.peek();
      next !== undefined && next.since <= limit;
      next = waiters.peek()
    ) {
      waiters.shift()
      next.reject(new Error(refusal))
    }
  }
}

/** The connections of one database: its own pool, or the caller's. Every wait is bounded. */
export class ClientPool {
  readonly timeoutMs: number
  /** Whether a connection takes a statement before it has answered the one before. */
  readonly pipelines: boolean
  readonly #pool: pg.Pool
  readonly #isOwn: boolean
  readonly #gate: ConnectionGate
  /** The open sockets of the database's own pool, those of connections that were never made among them. */
  readonly #sockets = new Set<Socket>()
  /** One for each connection of the own pool, which resolves when it has ended. */
  readonly #endings = new Set<Promise<void>>()
  /** Whether a client of the caller's was inside a transaction. */
  hasDiscarded = false
  /** The limit of connections that the server refused the last one for. */
  #limit: string | undefined

  constructor(config: CheckedPostgresConfig) {
    this.timeoutMs = config.connectionTimeoutMs
    this.#isOwn = config.pool === undefined
    // Poolers that cannot keep prepared statements may not expect it either.
    this.pipelines = this.#isOwn && config.preparedStatements
    this.#pool = config.pool ?? this.#ownPool(config)
    ignoreErrorsOf(this.#pool)
    this.#gate = new ConnectionGate(mostClients(this.#pool), config.connectionTimeoutMs)
  }

  /** How many wait for a connection. */
  get waiting(): number {
    return this.#gate.waiting + this.#pool.waitingCount
  }

  /** Whether a connection for this use is there, or can be made, without a wait for others. */
  hasRoomFor(use: ConnectionUse): boolean {
    return this.#gate.hasRoomFor(use)
  }

  /**
   * Takes a connection out of the pool, which has to be given back to {@link release}. One on which
   * other code of the caller has left a transaction open is discarded: what was written there would
   * go with its rollback.
   *
   * @throws PostgresFailure
   */
  async acquire(use: ConnectionUse = 'patient'): Promise<pg.PoolClient> {
    try {
      // No `await` where there is nothing to wait for.
      const turn = this.#gate.enter(use)
      if (turn !== undefined) await turn
      return await this.#admitted(use)
    } catch (error) {
      this.#limit = connectionLimit(error) ?? this.#limit
      throw connectionFailure(error, this.timeoutMs, this.#limit)
    }
  }

  /**
   * Gives a connection back, for the use that it was taken for. One that is broken, or in a
   * transaction, leaves the pool.
   */
  release(client: pg.PoolClient, isBroken = false, use: ConnectionUse = 'patient'): void {
    this.#checkIn(client, isBroken)
    this.#gate.leave(use, isBroken)
  }

  /** Ends the pool, unless it is the caller's. */
  async close(): Promise<void> {
    if (!this.#isOwn) {
      heedErrorsOf(this.#pool)
      return
    }
    // A server that is gone answers nothing, and must keep neither the store from closing nor the process from ending.
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

  /** The callback is called at once, while a promise would leave a moment in which nobody listens for errors. */
  #checkOut(): Promise<pg.PoolClient> {
    const { promise, resolve, reject } = Promise.withResolvers<pg.PoolClient>()
    this.#pool.connect((error, client) => {
      if (client === undefined) {
        reject(error ?? new Error('the pool gave no connection'))
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

  /** A pool of the caller may have no time limit, and then waits for ever. */
  async #checkOutInTime(): Promise<pg.PoolClient> {
    const checkingOut = this.#checkOut()
    if (await settlesWithin(this.timeoutMs, checkingOut)) return checkingOut
    checkingOut.then((late) => this.#checkIn(late, false), ignoreError)
    throw new Error(CONNECTION_TIMEOUT)
  }

  #ownPool(config: CheckedPostgresConfig): pg.Pool {
    const pool = new pg.Pool({
      connectionString: config.dsn,
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
    // Also while it is being closed, when the pool no longer listens.
    client.on('error', ignoreError)
    client.once('end', () => {
      this.#endings.delete(promise)
      resolve()
    })
  }
}

/** How many connections a pool makes at most. One of the caller's, of another make, may not say so. */
function mostClients({ options }: Partial<Pick<pg.Pool, 'options'>>): number {
  const most: unknown = options?.max
  return typeof most === 'number' ? most : Number.POSITIVE_INFINITY
}

/**
 * Whether no transaction is open on a connection, by what the server said with its last answer. It
 * costs no round trip.
 *
 * @throws `invalid_config` if the client cannot tell, as it is of an older pg.
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
