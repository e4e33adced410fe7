import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { Client } from 'pg'

import { HANG_LIMIT_MS } from '@harborage/test-kit/hang-limit'
import { bundleBrokenBuild } from '../../harness/broken-bundles.ts'
import type { FaultRow, Figures, RowRun } from '../../harness/fault-row.ts'
import { figures, sumOf } from '../../harness/figures.ts'
import { freshDatabase } from '../../harness/postgres.ts'
import { Worker } from '../../harness/worker.ts'
import { checkDates, checkKinds, fill, versionOf } from './fill.ts'
import { buildOf, CREATED_AT, earlierVersions } from './versions.ts'
import type { ReplicaConfig } from './worker.ts'

const script = join(import.meta.dirname, 'worker.ts')

/** Replicas of the earlier version, and of the newest one that comes. */
const REPLICAS = 2
const RECORDS = 300_000
/** In a slice, where what holds is seen and not how long it takes. */
const FEW_RECORDS = 3_000
/** How long each caller of a slice rests after a call: its load need not fill the machine. */
const REST_MS = 20
/** How long to wait before looking again at what others do. */
const POLL_MS = 20
/** How many calls have to pass beside a migration that waits for its tables. */
const PASSING = 30
/** A broken build is not waited for as long: a call that is too slow only adds another fault. */
const HANGING_MS = { ofBrokenBuild: 5_000, otherwise: HANG_LIMIT_MS }

export const upgradeUnderLoad: FaultRow = {
  name: 'upgrade under load',
  how: '2 replicas of each earlier version work on all stores, with 300,000 records, while 2 of the newest open and migrate; a transaction that reads for long is in the way',
  checked:
    'no error but retryable ones; calls pass while a migration waits; nothing is lost, every slot has its kind, and keeps the date when it was filled',
  unit: 'upgrades',
  full: 10,
  slice: 1,
  tools: [],
  brokenBuilds: [
    {
      name: 'takes stronger locks as it goes',
      rounds: 1,
      edits: [
        {
          file: 'packages/driver-postgres/src/internal/migration-runner.ts',
          from: 'await this.#takeTables(transaction, lock.tables, waitMs)',
          to: '',
        },
        {
          file: 'packages/driver-postgres/src/internal/migration-runner.ts',
          from: 'if (!isTransientConflict(error)) throw',
          to: 'if (true) throw',
        },
      ],
    },
    {
      name: 'holds up calls for as long as it waits for its tables',
      rounds: 1,
      edits: [
        {
          file: 'packages/driver-postgres/src/internal/migration-runner.ts',
          from: `String(Math.round(waitMs))`,
          to: `'0'`,
        },
      ],
    },
    {
      name: 'leaves new slots without a kind',
      rounds: 1,
      edits: [
        {
          file: 'packages/core/src/sql/dialects/postgres-key-tables.ts',
          from: "when 'INSERT' then insert into ${keyTable} (${columns}) values (${inserted});",
          to: "when 'INSERT' then null;",
        },
      ],
    },
    {
      name: 'forgets when a slot was filled',
      // Shown by a slot that replicas of the newest version overwrote more than three times.
      rounds: 2,
      edits: [
        {
          file: 'packages/state/src/sql/slot-expressions.ts',
          from: 'else state_records.created_at end',
          to: 'else state_records.updated_at end',
        },
      ],
    },
  ],
  run,
}

async function run({ rounds, brokenBuild, progress }: RowRun): Promise<Figures> {
  const isFull = rounds >= upgradeUnderLoad.full
  const [records, restMs] = isFull ? [RECORDS, 0] : [FEW_RECORDS, REST_MS]
  const found: Figures[] = []
  for (let round = 0; round < rounds; round += 1) {
    const version = earlierVersions[round % earlierVersions.length] ?? 1
    found.push(await upgrade(version, { records, restMs }, brokenBuild), figures({ rounds: 1 }))
    progress(round + 1)
  }
  return sumOf(found)
}

interface Load {
  readonly records: number
  readonly restMs: number
}

async function upgrade(
  version: number,
  { records, restMs }: Load,
  brokenBuild: RowRun['brokenBuild'],
): Promise<Figures> {
  const hangingMs = brokenBuild === undefined ? HANGING_MS.otherwise : HANGING_MS.ofBrokenBuild
  const dsn = await freshDatabase()
  await using replicas = new AsyncDisposableStack()
  const start = async (name: string, build: RowRun['brokenBuild']): Promise<Worker> => {
    const replica = Worker.start(script, { dsn, name, restMs } satisfies ReplicaConfig, build)
    replicas.use(replica)
    await replica.call('acknowledged')
    return replica
  }
  const startSome = (name: string, build: RowRun['brokenBuild']): Promise<Worker[]> =>
    Promise.all(Array.from({ length: REPLICAS }, (_, index) => start(`${name}${index}`, build)))

  const earlier = buildOf(version)
  await using _bundles = await bundleBrokenBuild(earlier)
  const old = await startSome('old', earlier)
  const applied = await versionOf(dsn)
  if (applied !== version) throw new Error(`the replicas of version ${version} know ${applied}`)
  await fill(dsn, records)
  await beginAll(old, hangingMs)

  const reader = new Client({ connectionString: dsn })
  await reader.connect()
  await reader.query('begin; select from state_records limit 1')
  const upgrading = startSome('new', brokenBuild)
  // It is awaited below; this handler is for a failure before that.
  upgrading.catch(() => {})
  const violations = await passing(dsn, old, hangingMs)
  await reader.end()
  const news = await upgrading
  await beginAll(news, hangingMs)
  // So that each of them overwrites its slot some times.
  for (let more = 0; more < 3; more += 1) await grows(news, hangingMs)

  const seen = await Promise.all(
    [...old, ...news].map((replica) => replica.call<Figures>('finish')),
  )
  return sumOf([
    ...seen,
    figures({
      violations: [
        ...violations,
        ...(await checkKinds(dsn, records)),
        ...(await checkDates(dsn, version >= CREATED_AT)),
      ],
    }),
  ])
}

/** Begins the load, and waits until calls are acknowledged. */
async function beginAll(replicas: readonly Worker[], hangingMs: number): Promise<void> {
  for (const replica of replicas) await replica.call('begin')
  await grows(replicas, hangingMs)
}

/** Waits until a migration waits for its tables, and then until calls have passed it. */
async function passing(
  dsn: string,
  replicas: readonly Worker[],
  hangingMs: number,
): Promise<readonly string[]> {
  await using watcher = await watch(dsn)
  const deadline = performance.now() + hangingMs
  while (!(await watcher.isWaiting())) {
    if (performance.now() > deadline) return ['no migration waited for its tables']
    await delay(POLL_MS)
  }
  return (await grows(replicas, hangingMs)) ? [] : ['calls do not pass a migration that waits']
}

async function watch(dsn: string) {
  const client = new Client({ connectionString: dsn })
  await client.connect()
  return {
    async isWaiting(): Promise<boolean> {
      const { rowCount } = await client.query(
        `select from pg_locks where relation = 'state_records'::regclass and not granted
         and mode in ('AccessExclusiveLock', 'ShareRowExclusiveLock')`,
      )
      return (rowCount ?? 0) > 0
    },
    [Symbol.asyncDispose]: () => client.end(),
  }
}

/** Resolves to whether enough calls more are acknowledged by all of the replicas together. */
async function grows(replicas: readonly Worker[], hangingMs: number): Promise<boolean> {
  const sum = async (): Promise<number> => {
    const counts = replicas.map((replica) => replica.call<number>('acknowledged'))
    return (await Promise.all(counts)).reduce((total, count) => total + count, 0)
  }
  const until = (await sum()) + PASSING
  const deadline = performance.now() + hangingMs
  while ((await sum()) < until) {
    if (performance.now() > deadline) return false
    await delay(POLL_MS)
  }
  return true
}
