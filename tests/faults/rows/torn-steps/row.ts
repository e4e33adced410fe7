import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'

import { isHarborageError } from '@harborage/core'
import { queryPostgres, runPostgresScript } from '@harborage/test-kit/postgres/query'
import { randomSource } from '@harborage/test-kit/random-source'
import BetterSqlite3 from 'better-sqlite3'
import type { BrokenBuild, FaultRow, Figures, RowRun } from '../../harness/fault-row.ts'
import { complaints, figures, isNoticed, sumOf } from '../../harness/figures.ts'
import { linesUntilKilled } from '../../harness/lines-until-killed.ts'
import { freshDatabase } from '../../harness/postgres.ts'
import { startProcess } from '../../harness/start-process.ts'
import { brokenBuilds } from './broken-builds.ts'
import { lookAt, makeStep, openStepStores, TICKETS, type LanePicture } from './step-lane.ts'

const script = join(import.meta.dirname, 'step-writer.ts')
const LANES = 3
const MOST_ACKNOWLEDGEMENTS = 40
/** How many writers are killed on one database. */
const KILLS_PER_DATABASE = 50

export const tornSteps: FaultRow = {
  name: 'torn steps',
  how: `SIGKILL of a process that makes steps of two slots, an artifact, a turn and a row of the application in ${LANES} lanes, at a random acknowledgement, on SQLite and Postgres in turns; on Postgres every third COMMIT also meets a lost connection or answer`,
  checked:
    'all parts of a step or none; no acknowledged step is lost; a repeat of the last step, and of the one in flight, applies each once',
  unit: 'kills',
  full: 1_000,
  slice: 4,
  tools: [],
  brokenBuilds,
  run,
}

/** A database with the table of the application. */
interface Place extends AsyncDisposable {
  readonly dsn: string
  /** Resolves to the numbers of the rows of a lane, in order. */
  readonly ticketsOf: (lane: string) => Promise<readonly number[]>
}

async function run({ rounds, brokenBuild, progress }: RowRun): Promise<Figures> {
  const random = randomSource(rounds)
  const found: Figures[] = []
  const open = [onSqlite, onPostgres] as const
  const kills = Math.min(KILLS_PER_DATABASE, Math.ceil(rounds / open.length))
  for (let place = 0, done = 0; done < rounds; place += 1) {
    // Lost answers, which some broken builds need, are lost on Postgres.
    const isOnPostgres = brokenBuild !== undefined || place % open.length === 1
    await using opened = await (isOnPostgres ? onPostgres : onSqlite)()
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
  const writer = startProcess(script, [config], { brokenBuild })
  const lines = await linesUntilKilled(writer, most)
  if (writer.signalCode !== 'SIGKILL') {
    return figures({ rounds: 1, violations: ['a writer ended by itself, with an error'] })
  }
  const told = lines.map((line) => JSON.parse(line) as { lane: string; step: number })
  const acknowledged = lanes.map((lane) => told.filter((each) => each.lane === lane).length)
  try {
    await using stores = await openStepStores(place.dsn)
    const judgeAll = async (counts: readonly number[]): Promise<Figures[]> => {
      const all: Figures[] = []
      for (const [index, lane] of lanes.entries()) {
        const tickets = await place.ticketsOf(lane)
        all.push(judge(await lookAt(stores, lane), tickets, counts[index] ?? 0))
      }
      return all
    }
    const first = sumOf([...(await judgeAll(acknowledged)), figures({ rounds: 1 })])
    if (complaints(first).length > 0) return first
    for (const [index, lane] of lanes.entries()) {
      const last = acknowledged[index] ?? 0
      for (const step of [last, last + 1]) if (step > 0) await makeStep(stores, lane, step)
    }
    const again = sumOf(await judgeAll(acknowledged.map((count) => count + 1)))
    return { ...again, rounds: 1, acknowledged: first.acknowledged }
  } catch (error) {
    if (!isHarborageError(error)) throw error
    return figures({ rounds: 1, violations: [`a retry fails: ${error.code}: ${error.message}`] })
  }
}

/** Returns what is wrong with a lane after `acknowledged` steps. One more may have been applied. */
function judge(
  { slots, turns, outputs }: LanePicture,
  tickets: readonly number[],
  acknowledged: number,
): Figures {
  const [left = 0] = slots
  const all = Array.from({ length: left }, (_, index) => index + 1)
  const lists = [turns, outputs, tickets]
  const isDoubled = lists.some((list) => new Set(list).size < list.length)
  const isWhole =
    slots.every((slot) => slot === left) && lists.every((list) => isDeepStrictEqual(list, all))
  return figures({
    acknowledged,
    lost: Math.max(0, acknowledged - left),
    duplicated: isDoubled ? 1 : 0,
    torn: !isDoubled && !isWhole ? 1 : 0,
    violations: left > acknowledged + 1 ? ['a step was applied that was not made'] : [],
  })
}

async function onSqlite(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'harborage-steps-'))
  const path = join(folder, 'steps.db')
  const connection = new BetterSqlite3(path)
  connection.exec(TICKETS)
  connection.close()
  return {
    dsn: `sqlite:${path}`,
    async ticketsOf(lane) {
      const reader = new BetterSqlite3(path)
      const rows = reader
        .prepare<[string], number>('select step from tickets where lane = ? order by step')
        .pluck()
        .all(lane)
      reader.close()
      return rows
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

async function onPostgres(): Promise<Place> {
  const dsn = await freshDatabase()
  await runPostgresScript(dsn, TICKETS)
  return {
    dsn,
    async ticketsOf(lane) {
      const rows = await queryPostgres<{ step: number }>(
        dsn,
        'select step from tickets where lane = $1 order by step',
        [lane],
      )
      return rows.map(({ step }) => step)
    },
    async [Symbol.asyncDispose]() {},
  }
}
