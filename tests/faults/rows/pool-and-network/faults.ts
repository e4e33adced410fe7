import { setTimeout as delay } from 'node:timers/promises'
import { Client } from 'pg'

import { queryPostgres } from '@harborage/test-kit/postgres/query'
import { patientLimits, type Lane, type LaneLimits } from './lane.ts'

/** Longer than a statement of a hasty lane may take. */
const TOO_SLOW_MS = 1_500
const SLOW_MS = 30

/** One round of a fault on a lane of its own. */
export interface PoolFault {
  readonly name: string
  readonly limits: LaneLimits
  readonly round: (lane: Lane, number: number) => Promise<void>
}

/**
 * Shorter than the fault lasts. A busy machine may exceed them without one, so such a lane repeats
 * what fails.
 */
const hasty = {
  limits: { connectionTimeoutMs: 1_000, queryTimeoutMs: 1_000, retryTimeoutMs: 200 },
}
/** Longer than anything takes: no call may fail, however slow the machine is. */
const patient = { limits: patientLimits }

export const poolFaults: readonly PoolFault[] = [
  { name: 'exhausted pool', ...hasty, round: exhaustPool },
  { name: 'black hole', ...hasty, round: stall },
  { name: 'black hole, own pool', ...hasty, round: stall },
  { name: 'slow server', ...hasty, round: slowDown },
  { name: 'slow server, own pool', ...hasty, round: slowDown },
  { name: 'row lock, own pool', ...hasty, round: lockRows },
  { name: 'lock timeout', ...hasty, round: lockRows },
  { name: 'dropped connection', ...patient, round: drop },
  { name: 'dropped connection, own pool', ...patient, round: drop },
  { name: 'idle kill', ...patient, round: killIdle },
  { name: 'idle kill, own pool', ...patient, round: killIdle },
]

function exhaustPool(lane: Lane): Promise<void> {
  return lane.round(async () => {
    const clients = await Promise.all(
      Array.from({ length: lane.pool.options.max }, () => lane.pool.connect()),
    )
    return async () => {
      for (const client of clients) client.release()
    }
  })
}

function stall(lane: Lane): Promise<void> {
  return lane.round(async () => {
    lane.proxy.stall()
    return async () => lane.proxy.resume()
  })
}

/** Once for each caller, while it waits for an answer. */
function drop(lane: Lane): Promise<void> {
  return lane.round(async () => {
    for (const mark of lane.marks) void lane.proxy.failOnce(mark, 'cut after sending')
    return async () => void lane.proxy.disarm()
  })
}

/** By turns so slow that calls take long, and that they are given up. */
function slowDown(lane: Lane, number: number): Promise<void> {
  return lane.round(async () => {
    lane.proxy.latencyMs = number % 2 === 0 ? SLOW_MS : TOO_SLOW_MS
    return async () => {
      lane.proxy.latencyMs = 0
    }
  })
}

function lockRows(lane: Lane): Promise<void> {
  return lane.round(async () => {
    const client = new Client({ connectionString: lane.dsn })
    await client.connect()
    await client.query('begin')
    for (const table of ['state_records', 'memory_state']) {
      await client.query(`select from ${table} where session_id like $1 for update`, [
        `${lane.name} %`,
      ])
    }
    return async () => {
      await client.query('rollback')
      await client.end()
    }
  })
}

function killIdle(lane: Lane): Promise<void> {
  return lane.interruptedRound(async () => {
    for (;;) {
      const killed = await queryPostgres(
        lane.dsn,
        'select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1',
        [lane.name],
      )
      if (killed.length === 0) return
      await delay(5)
    }
  })
}
