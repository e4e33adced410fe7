import type { CompiledSql } from '@harborage/core/sql'
import type pg from 'pg'
import type { ClientPool } from './client-pool.ts'
import { statementFailure } from './postgres-failure.ts'
import { sendTogether } from './send-together.ts'
import type { StatementResult, StatementRunner } from './connections.ts'

/** How many reads share a connection before another one is taken for the next. */
const DEPTH = 16
/** A connection is given back after so many reads if somebody waits for one, so that reads starve nobody. */
const FAIR_SHARE = 64

/** A connection on which reads go one behind the other, without waiting for the answers to those before. */
interface Lane {
  readonly client: Promise<pg.PoolClient>
  reads: number
  inFlight: number
  isBroken: boolean
}

/**
 * Point reads that come at the same time share connections: one of them answers more reads than many, and what does not
 * read has more connections left. A read that takes long holds up only those behind it on its own connection.
 */
export class ReadLanes {
  /** Those that take further reads. */
  open: readonly Lane[] = []
  readonly #pool: ClientPool
  readonly #runner: StatementRunner
  readonly #mostLanes: number
  #opening = 0

  /** @param connections How many connections the pool has at most; half of them may become lanes. */
  constructor(pool: ClientPool, runner: StatementRunner, connections: number) {
    this.#pool = pool
    this.#runner = runner
    this.#mostLanes = Math.max(1, Math.floor(connections / 2))
  }

  /** @throws PostgresFailure */
  async run(statement: CompiledSql, values: unknown[]): Promise<StatementResult> {
    const lane = this.#pick()
    lane.inFlight += 1
    lane.reads += 1
    try {
      const client = await lane.client
      if (lane.inFlight > 1) sendTogether(client)
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

  /** Gives the connections that no read is on back to the pool. */
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
      // It takes no more reads, and is given back at once or else with the last answer.
      if (lane.inFlight === 0) this.#giveBack(lane)
      else this.#remove(lane)
      return this.#open()
    }
    return lane.inFlight >= DEPTH && this.open.length < this.#mostLanes ? this.#open() : lane
  }

  #open(): Lane {
    const lane = { client: this.#pool.acquire('brief'), reads: 0, inFlight: 0, isBroken: false }
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
    // Whoever reads one by one asks again before this, and finds the connection there.
    setImmediate(() => {
      if (lane.inFlight === 0 && this.open.includes(lane)) this.#giveBack(lane)
    })
  }

  /** From now on it takes no further reads. */
  #remove(lane: Lane): void {
    this.open = this.open.filter((other) => other !== lane)
  }

  #giveBack(lane: Lane): void {
    this.#remove(lane)
    // A connection that was never had is nobody's to give back.
    lane.client.then((client) => this.#pool.release(client, lane.isBroken, 'brief')).catch(() => {})
  }
}
