import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { queryPostgres } from '@harborage/test-kit/postgres/query'
import type { BrokenBuild, FaultRow, Figures, RowRun } from '../../harness/fault-row.ts'
import { figures, isNoticed, sumOf } from '../../harness/figures.ts'
import { freshDatabase } from '../../harness/postgres.ts'
import { Worker } from '../../harness/worker.ts'
import { openStepStores } from '../torn-steps/step-lane.ts'
import { CHAIN, identity, session, slots, STREAM } from './shared-rows.ts'
import type { RaceAnswer } from './worker.ts'

const script = join(import.meta.dirname, 'worker.ts')

/** Processes of the full run, and of a slice of a few seconds. */
const PROCESSES = { full: 8, slice: 3 }
const CALLS_OF_SLICE = 1_000
/** Calls on one database, so that a conversation does not grow without bound. */
const CALLS_PER_DATABASE = 1_600

export const racingSteps: FaultRow = {
  name: 'racing steps',
  how: `${PROCESSES.full} processes with 4 callers each make steps with and without ids, commits and single calls over the same slots, artifacts, conversation and stream, in opposite orders, on SQLite and Postgres in turns`,
  checked:
    'no call fails but by its own condition, and Postgres counts no deadlock; slots that are written together agree; the turns of a chain of compare-and-set are in its order',
  unit: 'calls',
  full: 40_000,
  slice: 120,
  tools: [],
  brokenBuilds: [
    {
      name: 'commits each part of a step by itself',
      rounds: 800,
      edits: [
        {
          file: 'packages/core/src/commit-together.ts',
          from: 'if (parts.length === 1 && first !== undefined && stepId === undefined) return commitAlone(first)',
          to: `const answers = {}
  for (const part of parts) Object.assign(answers, await commitAlone(part))
  return answers`,
        },
      ],
    },
    {
      name: 'locks slots in the order of the parts',
      rounds: 1_600,
      edits: [
        {
          file: 'packages/state/src/sql/touched-slots.ts',
          from: 'return inLockOrder([...bySlot])',
          to: 'return [...bySlot.values()]',
        },
      ],
    },
  ],
  run,
}

async function run({ rounds, brokenBuild, progress }: RowRun): Promise<Figures> {
  const found: Figures[] = []
  const calls = Math.min(CALLS_PER_DATABASE, Math.ceil(rounds / 2))
  for (let done = 0, place = 0; done < rounds; done += calls, place += 1) {
    // Only Postgres runs transactions beside each other.
    const isOnPostgres = brokenBuild !== undefined || place % 2 === 1
    found.push(await (isOnPostgres ? raceOnPostgres : raceOnSqlite)(calls, brokenBuild))
    progress(done + calls)
    if (isNoticed(brokenBuild, found)) break
  }
  return sumOf(found)
}

async function raceOnSqlite(calls: number, brokenBuild: BrokenBuild | undefined): Promise<Figures> {
  const folder = await mkdtemp(join(tmpdir(), 'harborage-racing-'))
  try {
    return await race(`sqlite:${join(folder, 'steps.db')}`, calls, brokenBuild)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function raceOnPostgres(
  calls: number,
  brokenBuild: BrokenBuild | undefined,
): Promise<Figures> {
  const dsn = await freshDatabase()
  const found = await race(dsn, calls, brokenBuild)
  const [row] = await queryPostgres<{ deadlocks: number }>(
    dsn,
    'select deadlocks::integer from pg_stat_database where datname = current_database()',
  )
  const deadlocks = row?.deadlocks ?? 0
  return deadlocks === 0
    ? found
    : sumOf([found, figures({ violations: [`Postgres broke ${deadlocks} deadlocks`] })])
}

async function race(
  dsn: string,
  calls: number,
  brokenBuild: BrokenBuild | undefined,
): Promise<Figures> {
  const processes = calls < CALLS_OF_SLICE ? PROCESSES.slice : PROCESSES.full
  await using stack = new AsyncDisposableStack()
  const workers = Array.from({ length: processes }, (_, seed) =>
    stack.use(Worker.start(script, { dsn, seed }, brokenBuild)),
  )
  const each = Math.ceil(calls / processes)
  const answers = await Promise.all(workers.map((worker) => worker.call<RaceAnswer>('run', each)))
  await using stores = await openStepStores(dsn)
  const turns = answers.reduce((sum, answer) => sum + answer.turns, 0)
  const entries = answers.reduce((sum, answer) => sum + answer.entries, 0)
  return sumOf([
    ...answers.map(({ acknowledged, violations }) => figures({ acknowledged, violations })),
    await look(stores, turns, entries),
    figures({ rounds: calls }),
  ])
}

/**
 * Resolves to what is wrong with the rows after the race.
 *
 * @param others How many turns were added outside of the chain.
 * @param entries How many entries were appended.
 */
async function look(
  { state, memory, journal }: Awaited<ReturnType<typeof openStepStores>>,
  others: number,
  entries: number,
): Promise<Figures> {
  const records = await state.loadMany(slots.map((kind) => ({ identity, kind })))
  const texts = new Set(records.map((record) => record && Buffer.from(record.bytes).toString()))
  const chain = await state.load(identity, CHAIN)
  const links = Number(chain === undefined ? 0 : Buffer.from(chain.bytes))
  const { recentTurns } = await memory.getLlmContext(identity)
  const messages = recentTurns.map(({ userMessage }) => userMessage)
  const linked = messages.filter((message) => message.startsWith('link '))
  const inOrder = Array.from({ length: links }, (_, index) => `link ${index + 1}`)
  const isInOrder = linked.join() === inOrder.join()
  const kept = messages.length - linked.length
  const appended = (await journal.head(session, STREAM))?.length ?? 0
  return figures({
    torn: texts.size > 1 ? 1 : 0,
    lost: Math.max(0, others - kept) + Math.max(0, entries - appended),
    duplicated: Math.max(0, kept - others) + Math.max(0, appended - entries),
    violations: isInOrder ? [] : ['the turns of the chain are not in its order'],
  })
}
