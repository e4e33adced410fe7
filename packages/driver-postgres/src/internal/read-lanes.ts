import type { CompiledSql } from '@harborage/core/sql'
import type pg from 'pg'
import type { ClientPool } from './client-pool.ts'
import { statementFailure } from './postgres-failure.ts'
import { coalesceWrites, type StatementResult, type StatementRunner } from './connections.ts'

/** The number of concurrent reads on a connection at which another one is opened. */
const DEPTH = 16
/**
 * The number of reads after which a lane is returned if other calls wait, so that reads do not
 * starve them.
 */
const FAIR_SHARE = 64

/** A connection on which reads are pipelined. */
interface Lane {
  readonly client: Promise<pg.PoolClient>
  reads: number
  inFlight: number
  isBroken: boolean
}

/**
 * Lets concurrent point reads share connections. One pipelined connection answers more reads than
 * many others, and other calls have more connections left. A slow read delays only the later ones
 * on its own connection.
 */
export class ReadLanes {
  /** The lanes that accept further reads. */
  open: readonly Lane[] = []
  readonly #pool: ClientPool
  readonly #runner: StatementRunner
  readonly #mostLanes: number
  #opening = 0

  /**
   * @param connections The largest number of connections of the pool. Half of them may become
   * lanes.
   */
  constructor(pool: ClientPool, runner: StatementRunner, connections: number) {
    this.#pool = pool
    this.#runner = runner
    this.#mostLanes = Math.max(1, Math.floor(connections / 2))
  }

  /**
   * Runs a read on a lane.
   *
   * @throws PostgresFailure if it fails.
   */
  async run(statement: CompiledSql, values: unknown[]): Promise<StatementResult> {
    const lane = this.#pick()
    lane.inFlight += 1
    lane.reads += 1
    try {
      const client = await lane.client
      if (lane.inFlight > 1) coalesceWrites(client)
      return await this.#runner.run(client, statement, values)
    } catch (error) {
      const failure = statementFailure(error)
      if (failure.breaksConnection) {
        lane.isBroken = true
        this.#remove(lane)
      }
      throw failure
    } finally {
      lane.inFlight -= 1
      this.#restIfIdle(lane)
    }
  }

  /** Returns the connections without reads to the pool. */
  giveBackIdle(): void {
    for (const lane of this.open) if (lane.inFlight === 0) this.#giveBack(lane)
  }

  #pick(): Lane {
    let lane: Lane | undefined
    for (const other of this.open) {
      if (lane === undefined || other.inFlight < lane.inFlight) lane = other
    }
    if (lane === undefined) return this.#open()
    if (lane.reads >= FAIR_SHARE && this.#pool.waiting > this.#opening) {
      // It accepts no more reads, and is returned at once or with its last answer.
      if (lane.inFlight === 0) this.#giveBack(lane)
      else this.#remove(lane)
      return this.#open()
    }
    return lane.inFlight >= DEPTH && this.open.length < this.#mostLanes ? this.#open() : lane
  }

  #open(): Lane {
    const lane = { client: this.#pool.acquire('short'), reads: 0, inFlight: 0, isBroken: false }
    this.open = [...this.open, lane]
    this.#opening += 1
    lane.client
      .catch(() => this.#remove(lane))
      .finally(() => {
        this.#opening -= 1
      })
    return lane
  }

  #restIfIdle(lane: Lane): void {
    if (lane.inFlight > 0) return
    if (!this.open.includes(lane)) {
      this.#giveBack(lane)
      return
    }
    // Later, so that a caller that reads one record after another finds the connection still there.
    setImmediate(() => {
      if (lane.inFlight === 0 && this.open.includes(lane)) this.#giveBack(lane)
    })
  }

  /** Stops adding reads to a lane. */
  #remove(lane: Lane): void {
    this.open = this.open.filter((other) => other !== lane)
  }

  #giveBack(lane: Lane): void {
    this.#remove(lane)
    // A connection that was never acquired cannot be returned.
    lane.client.then((client) => this.#pool.release(client, lane.isBroken, 'short')).catch(() => {})
  }
}
