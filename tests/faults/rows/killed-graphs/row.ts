import { randomSource } from '@harborage/test-kit/random-source'

import type { FaultRow, Figures, RowRun } from '../../harness/fault-row.ts'
import { complaints, figures, sumOf } from '../../harness/figures.ts'
import { onPostgres, onSqlite, type Place } from '../process-kill/places.ts'
import { brokenBuilds } from './broken-builds.ts'
import { GraphProcesses } from './graph-processes.ts'

/** About as many lines as two thirds of a thread have, of three that run at once. */
const MOST_LINES = 90

/** How many processes are killed on one place, so that many threads begin on a new one. */
const KILLS_PER_PLACE = 50

const engines = [onSqlite, onPostgres] as const

export const killedGraphs: FaultRow = {
  name: 'killed graphs',
  how: 'SIGKILL of processes that run 3 graphs of LangGraph at once, at a random acknowledgement of a checkpoint or of writes or at a random task; the next process resumes them, and is killed as well; on SQLite and Postgres, graphs with parallel tasks, a graph within the graph, interrupts and large values, `sync` and `async`',
  checked:
    'each checkpoint and each write that was acknowledged is there, exact; no task runs again whose writes were acknowledged; the history is a chain; the end has everything once',
  unit: 'kills',
  full: 400,
  slice: 2,
  tools: [],
  brokenBuilds,
  run,
}

async function run({ rounds, brokenBuild, progress }: RowRun): Promise<Figures> {
  // A broken build is as broken on both engines.
  const places = brokenBuild === undefined ? engines : [onSqlite]
  let killed = 0
  const found = await Promise.all(
    places.map(async (open, index) => {
      const random = randomSource(rounds + index)
      const kills = Math.ceil(rounds / places.length)
      const parts: Figures[] = []
      for (let left = kills; left > 0 && !isAnyWrong(parts); left -= KILLS_PER_PLACE) {
        await using place = await open()
        await using processes = await GraphProcesses.on(place.dsn, brokenBuild)
        for (
          let kill = 0;
          kill < Math.min(left, KILLS_PER_PLACE) && !isAnyWrong(parts);
          kill += 1
        ) {
          parts.push(await processes.kill(Math.floor(random() * (MOST_LINES + 1))))
          progress((killed += 1))
        }
        if (!isAnyWrong(parts)) parts.push(await processes.end(), await faultsOf(place))
      }
      return sumOf(parts)
    }),
  )
  return sumOf(found)
}

function isAnyWrong(parts: readonly Figures[]): boolean {
  return complaints(sumOf(parts)).length > 0
}

async function faultsOf({ faults }: Place): Promise<Figures> {
  return figures({ violations: await faults() })
}
