import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { queryPostgres } from '@harborage/test-kit/postgres/query'
import type { FaultRow, Figures, RowRun } from '../../harness/fault-row.ts'
import { figures, sumOf } from '../../harness/figures.ts'
import { freshDatabase } from '../../harness/postgres.ts'
import { Worker } from '../../harness/worker.ts'
import { startPgBouncer } from './pgbouncer.ts'
import { workInPortions } from './portions.ts'

const script = join(import.meta.dirname, 'worker.ts')

const PROCESSES = 6
/**
 * Fewer than the processes have of their own, so that the connections change hands all the time.
 */
const POOLER_CONNECTIONS = 5
/** 10 calls for each caller of each tenant. */
const CALLS_PER_PORTION = 480

export const pooler: FaultRow = {
  name: 'pooler',
  how: '6 processes open, migrate and work through PgBouncer in transaction mode, `preparedStatements: false`, with the sessions of many tenants by turns, and one opens with `readOnly`, which PgBouncer refuses to pass on',
  checked:
    'no error; every read shows what its own tenant wrote; no lock outlives its transaction; with readOnly, changes are refused',
  unit: 'operations',
  full: 100_000,
  slice: 0,
  tools: ['pgbouncer'],
  brokenBuilds: [
    {
      name: 'prepares statements by name although told not to',
      rounds: 960,
      edits: [
        {
          file: 'packages/driver-postgres/src/internal/connections.ts',
          from: 'const prepared = this.#isPrepared',
          to: 'const prepared = this.#timeoutMs > 0',
        },
      ],
    },
    {
      name: 'opens with readOnly only where the server can be asked to refuse changes',
      rounds: 960,
      edits: [
        {
          file: 'packages/driver-postgres/src/internal/on-new-pool.ts',
          from: '!config.readOnly || !mayRefuseParameters(error)',
          to: 'config !== undefined',
        },
      ],
    },
    {
      name: 'locks its migrations for the session',
      rounds: 960,
      edits: [
        {
          file: 'packages/driver-postgres/src/internal/migration-runner.ts',
          from: 'pg_advisory_xact_lock(${lockKey(lock.name)})',
          to: 'pg_advisory_lock(${lockKey(lock.name)})',
        },
      ],
    },
    {
      name: 'forgets the tenant when it lists',
      rounds: 960,
      edits: [
        {
          file: 'packages/state/src/sql/kinds-in-range.ts',
          from: 'where.and(sessionOf(range)),',
          to: 'where.and({ user_id: range.user_id, session_id: range.session_id }),',
        },
      ],
    },
  ],
  run,
}

async function run({ rounds, brokenBuild, progress }: RowRun): Promise<Figures> {
  const dsn = await freshDatabase()
  await using bouncer = await startPgBouncer(dsn, POOLER_CONNECTIONS)
  const processes = Array.from({ length: PROCESSES }, (_, process) =>
    Worker.start(script, { dsn: bouncer.dsn, process }, brokenBuild),
  )
  try {
    const opening = Promise.all(processes.map((process) => process.call('open')))
    const leaked = await leakedLock(dsn, opening)
    if (leaked !== undefined) return figures({ violations: [leaked] })
    const look = await processes[0]?.call<Figures>('look')
    if (look !== undefined && look.violations.length > 0) return look
    const found = await workInPortions(processes, { rounds, calls: CALLS_PER_PORTION, progress })
    const total = sumOf(found)
    return { ...total, rounds: total.acknowledged }
  } finally {
    await Promise.all(processes.map((process) => process[Symbol.asyncDispose]()))
  }
}

/**
 * Watches the locks until all have opened: one that a session keeps when its transaction is over is
 * leaked.
 */
async function leakedLock(dsn: string, opening: Promise<unknown>): Promise<string | undefined> {
  let isOpen = false
  const opened = opening.then(() => (isOpen = true))
  // A replica that fails to open is reported below.
  opened.catch(() => {})
  for (;;) {
    const leaked = await queryPostgres(
      dsn,
      `select from pg_locks join pg_stat_activity using (pid)
       where locktype = 'advisory' and granted and state = 'idle'`,
    )
    if (leaked.length > 0) return 'a lock of the migrations is kept by a session of the pooler'
    if (isOpen) return undefined
    await Promise.race([opened, delay(50)])
  }
}
