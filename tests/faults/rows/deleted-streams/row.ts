import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Identity } from '@harborage/core'
import type { BrokenBuild, FaultRow, Figures, RowRun } from '../../harness/fault-row.ts'
import { figures, isNoticed, sumOf } from '../../harness/figures.ts'
import { freshDatabase } from '../../harness/postgres.ts'
import { Worker } from '../../harness/worker.ts'
import { brokenBuilds } from './broken-builds.ts'
import { judge } from './judge.ts'
import type { Answers, Seen, Work } from './worker.ts'

const script = join(import.meta.dirname, 'worker.ts')

/** How many processes append, delete and follow. */
interface Processes {
  readonly appending: number
  readonly deleting: number
  readonly following: number
}

const PROCESSES: Processes = { appending: 4, deleting: 2, following: 2 }
const PROCESSES_OF_SLICE: Processes = { appending: 1, deleting: 2, following: 1 }
const ROUNDS_OF_SLICE = 8
const CALLERS = 2
const APPENDS = 40
const DELETIONS = 20
/** On one database. */
const ROUNDS_PER_PLACE = 40

export const deletedStreams: FaultRow = {
  name: 'deleted streams',
  how: `${PROCESSES.appending} processes append batches to the streams of a session, ${PROCESSES.deleting} delete them one by one or all at once, and ${PROCESSES.following} follow them, on SQLite and Postgres in turns`,
  checked:
    'the positions of each generation have no gap; the last one holds all that was acknowledged in it; as many streams were deleted as have ended; a follower sees each generation once, from its beginning and in order, and all of the last one',
  unit: 'rounds',
  full: 80,
  slice: 2,
  tools: [],
  brokenBuilds,
  run,
}

async function run({ rounds, brokenBuild, progress }: RowRun): Promise<Figures> {
  const found: Figures[] = []
  const most = Math.min(ROUNDS_PER_PLACE, Math.ceil(rounds / 2))
  const processes = rounds <= ROUNDS_OF_SLICE ? PROCESSES_OF_SLICE : PROCESSES
  for (let done = 0, place = 0; done < rounds; place += 1) {
    const begun = done
    done = Math.min(rounds, done + most)
    const race = { processes, from: begun, to: done, brokenBuild, progress }
    // Only Postgres runs transactions beside each other.
    const isOnPostgres = brokenBuild !== undefined || place % 2 === 1
    found.push(await (isOnPostgres ? raceOnPostgres(race) : raceOnSqlite(race)))
    if (isNoticed(brokenBuild, found)) break
  }
  return sumOf(found)
}

/** Rounds on one database. */
interface Races {
  readonly processes: Processes
  readonly from: number
  readonly to: number
  readonly brokenBuild: BrokenBuild | undefined
  readonly progress: (done: number) => void
}

async function raceOnSqlite(races: Races): Promise<Figures> {
  const folder = await mkdtemp(join(tmpdir(), 'harborage-deleted-'))
  try {
    return await raceOn(`sqlite:${join(folder, 'streams.db')}`, races)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function raceOnPostgres(races: Races): Promise<Figures> {
  return raceOn(await freshDatabase(), races)
}

async function raceOn(
  dsn: string,
  { processes, from, to, brokenBuild, progress }: Races,
): Promise<Figures> {
  await using stack = new AsyncDisposableStack()
  const start = (count: number): readonly Worker[] =>
    Array.from({ length: count }, () => stack.use(Worker.start(script, { dsn }, brokenBuild)))
  const writers = start(processes.appending)
  const removers = start(processes.deleting)
  const followers = start(processes.following)
  const found: Figures[] = []
  for (let round = from; round < to && !isNoticed(brokenBuild, found); round += 1) {
    found.push(await raceOnce({ writers, removers, followers }, round))
    progress(round + 1)
  }
  return sumOf(found)
}

/** The processes of a race. */
interface Racing {
  readonly writers: readonly Worker[]
  readonly removers: readonly Worker[]
  readonly followers: readonly Worker[]
}

async function raceOnce({ writers, removers, followers }: Racing, round: number): Promise<Figures> {
  const session: Identity = { tenantId: 'acme', userId: 'ann', sessionId: `round ${round}` }
  await Promise.all(followers.map((follower) => follower.call('follow', session)))
  const workOf = (calls: number, index: number): Work => ({
    session,
    seed: round * 16 + index,
    callers: CALLERS,
    calls,
  })
  const answers = await Promise.all([
    ...writers.map((each, index) => each.call<Answers>('append', workOf(APPENDS, index))),
    ...removers.map((each, index) => each.call<Answers>('remove', workOf(DELETIONS, 8 + index))),
  ])
  const left = await Promise.all(
    writers.slice(0, 1).map((writer) => writer.call<readonly Seen[]>('read', session)),
  )
  const last = left.flat()
  const followed = await Promise.all(
    followers.map((each) => each.call<readonly Seen[]>('seen', { session, last })),
  )
  const judged = judge({
    appended: answers.flatMap(({ appended }) => appended),
    deleted: answers.reduce((sum, { deleted }) => sum + deleted, 0),
    left: last,
    followed,
  })
  const violations = answers.flatMap((each) => each.violations)
  return sumOf([judged, figures({ rounds: 1, violations })])
}
