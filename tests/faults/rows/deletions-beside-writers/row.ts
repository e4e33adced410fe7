import { join } from 'node:path'

import { TcpProxy, type Fault } from '@harborage/test-kit/postgres/tcp-proxy'
import type { FaultRow, Figures, RowRun } from '../../harness/fault-row.ts'
import { isNoticed, sumOf } from '../../harness/figures.ts'
import { freshDatabase } from '../../harness/postgres.ts'
import { Random } from '../../harness/random.ts'
import { inMemory, inTemporaryFolder } from '../../harness/temporary-folder.ts'
import { Worker } from '../../harness/worker.ts'
import { raceOnce } from './race.ts'
import type { WriterConfig } from './worker.ts'

const script = join(import.meta.dirname, 'worker.ts')

const WRITERS = 3
/** How many of a hundred histories are on one SQLite file. */
const SQLITE_PERCENT = 25
/** How many histories are made at the same time. */
const AT_ONCE = 8

export const deletionsBesideWriters: FaultRow = {
  name: 'deletions beside writers',
  how: '3 processes with 18 callers save, put, commit, append, replace, trim, delete and deleteAll in the same sessions, on Postgres and on one SQLite file; on Postgres one of them through a TCP proxy that loses answers and calls',
  checked: 'some serial order explains every answer that was given',
  unit: 'histories',
  full: 4_000,
  slice: 8,
  tools: [],
  brokenBuilds: [
    {
      name: 'empties a session by one statement, which misses what is new',
      rounds: 400,
      edits: [
        {
          file: 'packages/core/src/sql/dialects/postgres.ts',
          from: 'removeAlone: () => undefined,',
          to: 'removeAlone: ({ remove }) => remove,',
        },
      ],
    },
    {
      name: 'makes a deletion again whose answer was lost',
      rounds: 800,
      edits: [
        {
          file: 'packages/driver-postgres/src/internal/retry.ts',
          from: "const mayRepeat = error.mayPass && (repeat !== 'never' || !mayBeApplied)",
          to: 'const mayRepeat = error.mayPass',
        },
      ],
    },
  ],
  run,
}

async function run({ rounds, brokenBuild, progress }: RowRun): Promise<Figures> {
  const onPostgres = rounds - Math.round((rounds * SQLITE_PERCENT) / 100)
  const dsn = await freshDatabase()
  await using proxy = await TcpProxy.start(dsn)
  const random = new Random(rounds)
  // One in each history. A connection that is cut loses the calls of other histories as well.
  const loseAnswers = (mark: string): void => void proxy.failOnce(mark, faultOf(random))
  const onServer = await raceOn('postgres', [dsn, dsn, proxy.dsn], 0, onPostgres, loseAnswers)
  if (isNoticed(brokenBuild, [onServer])) return onServer
  const onFile = await inTemporaryFolder(inMemory, (folder) =>
    raceOn('sqlite', [join(folder, 'harborage.db')], onPostgres, rounds, undefined),
  )
  return sumOf([onServer, onFile])

  async function raceOn(
    engine: WriterConfig['engine'],
    dsns: readonly string[],
    from: number,
    to: number,
    loseAnswersOf: ((mark: string) => void) | undefined,
  ): Promise<Figures> {
    const writers = Array.from({ length: WRITERS }, (_, replica) =>
      Worker.start(script, { engine, dsn: dsns[replica % dsns.length], replica }, brokenBuild),
    )
    try {
      const parts: Figures[] = []
      let begun = from
      await Promise.all(
        Array.from({ length: AT_ONCE }, async () => {
          while (begun < to && !isNoticed(brokenBuild, parts)) {
            begun += 1
            parts.push(await raceOnce(writers, begun, loseAnswersOf))
            progress(begun)
          }
        }),
      )
      return sumOf(parts)
    } finally {
      await Promise.all(writers.map((writer) => writer[Symbol.asyncDispose]()))
    }
  }
}

function faultOf(random: Random): Fault {
  const faults = ['cut the answer', 'cut after sending', 'cut before sending'] as const
  const place = random.below(4)
  return faults[place] ?? { cutAnswerAfter: random.below(48) }
}
