import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { TcpProxy } from '@harborage/test-kit/postgres/tcp-proxy'
import type { FaultRow, Figures, RowRun } from '../../harness/fault-row.ts'
import { figures, isNoticed, sumOf } from '../../harness/figures.ts'
import { freshDatabase, postgresServer } from '../../harness/postgres.ts'
import { Worker } from '../../harness/worker.ts'
import { endBackends, killBackend } from '../postgres-crash/crashes.ts'
import { checkChains, type Head } from './chains.ts'
import type { Link, ReplicaConfig } from './worker.ts'

const script = join(import.meta.dirname, 'worker.ts')

/** Processes of the full run, and of a slice of a few seconds. */
const REPLICAS = { full: 8, slice: 4 }
const OPERATIONS_OF_SLICE = 300
/** How many of a hundred operations run on one SQLite file. */
const SQLITE_PERCENT = 20
/** Operations of all replicas on Postgres between one fault and the next. */
const OPERATIONS_PER_FAULT = 4_000

export const racingReplicas: FaultRow = {
  name: 'racing replicas',
  how: `${REPLICAS.full} processes save, extend chains of ifEventId, commit and read the same slots, while backends are ended and killed and connections cut; a fifth of it on one SQLite file`,
  checked:
    'per slot one chain of successes from empty to what it holds; no reader sees half a commit, nor a slot go back',
  unit: 'operations',
  full: 100_000,
  slice: OPERATIONS_OF_SLICE,
  tools: [],
  brokenBuilds: [
    {
      name: 'forgets the condition of a compare-and-set on Postgres and SQLite',
      rounds: 1_000,
      edits: [
        {
          file: 'packages/state/src/sql/statements.ts',
          from: '.where((where) => where.and({ ...slotOf(row), event_id: row.expected_event_id }))',
          to: '.where((where) => where.and(slotOf(row)))',
        },
      ],
    },
    {
      name: 'forgets what a commit expects',
      rounds: 3_000,
      edits: [
        {
          file: 'packages/state/src/decide.ts',
          from: 'if (appliedBefore.has(slotId(expectation))) continue',
          to: `if (slotId(expectation) !== '') continue`,
        },
      ],
    },
  ],
  run,
}

async function run({ rounds, brokenBuild, progress }: RowRun): Promise<Figures> {
  const onSqlite = Math.round((rounds * SQLITE_PERCENT) / 100)
  const folder = await mkdtemp(join(tmpdir(), 'harborage-replicas-'))
  try {
    const sqlite = { engine: 'sqlite', dsn: join(folder, 'state.db') } as const
    const onFile = await race(sqlite, [sqlite.dsn], onSqlite, brokenBuild, async () => {})
    progress(onSqlite)
    if (isNoticed(brokenBuild, [onFile])) return onFile
    return sumOf([onFile, await raceOnPostgres(rounds - onSqlite)])
  } finally {
    await rm(folder, { recursive: true })
  }

  async function raceOnPostgres(operations: number): Promise<Figures> {
    const [server, dsn] = [await postgresServer(), await freshDatabase()]
    await using proxy = await TcpProxy.start(dsn)
    const faults = [
      async () => proxy.cut(),
      () => endBackends(server, dsn),
      async () => proxy.cut(),
      () => killBackend(server, dsn),
    ]
    // Half of the replicas reach the server over the network that is cut.
    return await race(
      { engine: 'postgres' },
      [dsn, proxy.dsn],
      operations,
      brokenBuild,
      async (done) => {
        progress(onSqlite + done)
        await faults[Math.floor(done / OPERATIONS_PER_FAULT) % faults.length]?.()
      },
    )
  }
}

async function race(
  { engine }: Pick<ReplicaConfig, 'engine'>,
  dsns: readonly string[],
  operations: number,
  brokenBuild: RowRun['brokenBuild'],
  between: (done: number) => Promise<void>,
): Promise<Figures> {
  const processes = operations < OPERATIONS_OF_SLICE ? REPLICAS.slice : REPLICAS.full
  const replicas = Array.from({ length: processes }, (_, replica) =>
    Worker.start(script, { engine, dsn: dsns[replica % dsns.length], replica }, brokenBuild),
  )
  try {
    const found: Figures[] = []
    const links: Link[] = []
    let done = 0
    // The replicas are not waited for: each begins its next portion when it has done one.
    await Promise.all(
      replicas.map(async (replica) => {
        while (done < operations && !isNoticed(brokenBuild, found)) {
          const portion = Math.min(OPERATIONS_PER_FAULT, operations) / processes
          const worked = await replica.call<{ found: Figures; links: Link[] }>('work', portion)
          const before = done
          done += worked.found.acknowledged
          found.push(worked.found)
          links.push(...worked.links)
          const isDue =
            Math.floor(before / OPERATIONS_PER_FAULT) < Math.floor(done / OPERATIONS_PER_FAULT)
          if (isDue) await between(done)
        }
      }),
    )
    const [reader] = replicas
    const heads = (await reader?.call<Head[]>('heads')) ?? []
    return sumOf([...found, checkChains(links, heads), figures({ rounds: done })])
  } finally {
    await Promise.all(replicas.map((replica) => replica[Symbol.asyncDispose]()))
  }
}
