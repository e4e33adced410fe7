import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { queryPostgres } from '@harborage/test-kit/postgres/query'
import type { FaultRow, Figures, RowRun } from '../../harness/fault-row.ts'
import { complaints, sumOf } from '../../harness/figures.ts'
import { freshDatabase } from '../../harness/postgres.ts'
import { Worker } from '../../harness/worker.ts'
import { startPgBouncer } from './pgbouncer.ts'
import { workInPortions } from './portions.ts'

const script = join(import.meta.dirname, 'killed-backends-worker.ts')

const PROCESSES = 2
const POOLER_CONNECTIONS = 5
const CALLS_PER_PORTION = 240
/** Short, so that backends are ended while the pooler logs in and sets their parameters. */
const KILL_PAUSE_MS = 2
const KILLED_SHARE = 0.3

export const killedBackends: FaultRow = {
  name: 'killed backends behind a pooler',
  how: '2 processes work through PgBouncer in transaction mode while a third of its backends is ended again and again',
  checked:
    'each call succeeds or fails, typed and retryable; a fresh reader sees what was acknowledged',
  unit: 'operations',
  full: 20_000,
  slice: 0,
  tools: ['pgbouncer'],
  brokenBuilds: [
    {
      name: 'takes an error of the pooler that it does not know for a lasting one',
      rounds: 9_600,
      edits: [
        {
          file: 'packages/driver-postgres/src/internal/pooler-messages.ts',
          from: 'known?.advice ?? (routine === undefined ? undefined : NOT_UNDERSTOOD)',
          to: 'known?.advice ?? NOT_UNDERSTOOD',
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
    Worker.start(script, { dsn: bouncer.dsn, direct: dsn, process }, brokenBuild),
  )
  let isOver = false
  try {
    await Promise.all(processes.map((process) => process.call('open')))
    const killing = killUntil(dsn, () => isOver)
    const working = workInPortions(processes, {
      rounds,
      calls: CALLS_PER_PORTION,
      progress,
      isEnough: (found) => complaints(sumOf(found)).length > 0,
    })
    const found = await working.finally(() => (isOver = true))
    await killing
    const worked = sumOf(found)
    const checks = await Promise.all(processes.map((process) => process.call<Figures>('check')))
    return { ...sumOf([worked, ...checks]), rounds: worked.acknowledged }
  } finally {
    isOver = true
    await Promise.all(processes.map((process) => process[Symbol.asyncDispose]()))
  }
}

async function killUntil(dsn: string, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    await queryPostgres(
      dsn,
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid() and random() < $1`,
      [KILLED_SHARE],
    )
    await delay(KILL_PAUSE_MS)
  }
}
