import { join } from 'node:path'

import type { FaultRow, Figures, RowRun } from '../../harness/fault-row.ts'
import { figures, isNoticed, sumOf } from '../../harness/figures.ts'
import { freshDatabase, postgresServer } from '../../harness/postgres.ts'
import { Worker } from '../../harness/worker.ts'
import { crashes } from './crashes.ts'

const script = join(import.meta.dirname, 'worker.ts')

export const postgresCrash: FaultRow = {
  name: 'Postgres crash',
  how: 'immediate stop, end or SIGKILL of backends, SIGKILL of the postmaster, and a restart, under load of all three stores',
  checked:
    'acknowledged is there, exactly once; within `retryTimeoutMs` callers notice nothing but latency, beyond it a typed, retryable error',
  unit: 'crashes',
  full: 200,
  slice: 4,
  tools: [],
  brokenBuilds: [
    {
      name: 'acknowledges before the commit is on disk',
      rounds: 4,
      edits: [
        {
          file: 'packages/driver-postgres/src/internal/client-pool.ts',
          from: `application_name: 'harborage',`,
          to: `application_name: 'harborage', options: '-c synchronous_commit=off',`,
        },
      ],
    },
    {
      name: 'gives up when a connection is lost',
      rounds: 2,
      edits: [
        {
          file: 'packages/driver-postgres/src/internal/retry.ts',
          from: 'if (!mayRepeat ||',
          to: 'if (true ||',
        },
      ],
    },
  ],
  run,
}

async function run({ rounds, brokenBuild, progress }: RowRun): Promise<Figures> {
  const server = await postgresServer()
  const dsn = await freshDatabase()
  await using worker = Worker.start(script, { dsn }, brokenBuild)
  const found: Figures[] = []
  for (let round = 0; round < rounds && !isNoticed(brokenBuild, found); round += 1) {
    await worker.call('begin', round)
    await crashes[round % crashes.length]?.(server, dsn)
    found.push(await worker.call<Figures>('finish'), figures({ rounds: 1 }))
    progress(round + 1)
  }
  return sumOf(found)
}
