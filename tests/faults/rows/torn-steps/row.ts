import { randomSource } from '@harborage/test-kit/random-source'
import type { BrokenBuild, FaultRow, Figures, RowRun } from '../../harness/fault-row.ts'
import { figures, isNoticed, sumOf } from '../../harness/figures.ts'
import { linesUntilKilled } from '../../harness/lines-until-killed.ts'
import { startProcess } from '../../harness/start-process.ts'
import { brokenBuilds } from './broken-builds.ts'
import { acknowledgedOf, checkLanes } from './check-lanes.ts'
import { newPostgresPlace, newSqlitePlace, type Place } from './places.ts'
import { stepWriterScript } from './step-writer-options.ts'

const LANES = 3
const MOST_ACKNOWLEDGEMENTS = 40
/** How many writers are killed on one database. */
const KILLS_PER_DATABASE = 50
const ENGINES = 2

export const tornSteps: FaultRow = {
  name: 'torn steps',
  how: `SIGKILL of a process that makes steps of two slots, an artifact, a turn, an entry of a stream and a row of the application in ${LANES} lanes, at a random acknowledgement, on SQLite and Postgres in turns; on Postgres every third COMMIT also meets a lost connection or answer`,
  checked:
    'all parts of a step or none; no acknowledged step is lost; a repeat of the last step, and of the one in flight, applies each once',
  unit: 'kills',
  full: 2_000,
  slice: 4,
  tools: [],
  brokenBuilds,
  run,
}

async function run({ rounds, brokenBuild, progress }: RowRun): Promise<Figures> {
  const random = randomSource(rounds)
  const found: Figures[] = []
  const kills = Math.min(KILLS_PER_DATABASE, Math.ceil(rounds / ENGINES))
  for (let place = 0, done = 0; done < rounds; place += 1) {
    // Lost answers, which some broken builds need, are lost on Postgres.
    const isOnPostgres = brokenBuild !== undefined || place % ENGINES === 1
    await using opened = await (isOnPostgres ? newPostgresPlace : newSqlitePlace)()
    for (const until = Math.min(rounds, done + kills); done < until; done += 1) {
      const lanes = Array.from({ length: LANES }, (_, lane) => `writer ${done} lane ${lane}`)
      const most = Math.ceil(random() * MOST_ACKNOWLEDGEMENTS)
      found.push(await killOne(opened, lanes, most, brokenBuild))
      progress(done + 1)
      if (isNoticed(brokenBuild, found)) return sumOf(found)
    }
  }
  return sumOf(found)
}

async function killOne(
  place: Place,
  lanes: readonly string[],
  most: number,
  brokenBuild: BrokenBuild | undefined,
): Promise<Figures> {
  const config = JSON.stringify({ dsn: place.dsn, lanes })
  const writer = startProcess(stepWriterScript, [config], { brokenBuild })
  const lines = await linesUntilKilled(writer, most)
  if (writer.signalCode !== 'SIGKILL') {
    return figures({ rounds: 1, violations: ['a writer ended by itself, with an error'] })
  }
  const found = await checkLanes(place, lanes, acknowledgedOf(lines, lanes))
  return { ...found, rounds: 1 }
}
