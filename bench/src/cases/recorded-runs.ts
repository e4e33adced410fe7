import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'

import type { Message, RecordedRun } from '../contenders/run-keeper.ts'
import { generateRuns } from './generated-runs.ts'

export interface RecordedRuns {
  readonly runs: readonly RecordedRun[]
  /** The origin of the runs, for the report. */
  readonly source: string
}

interface Trajectory {
  readonly task_id: number
  readonly trial: number
  readonly info: { readonly task: { readonly user_id: string } }
  readonly traj: readonly Message[]
}

const RECORDED = new URL('../../../../shared/data/tau-airline-trajectories.json', import.meta.url)
const SEED = 20_260

/** Reads the recorded runs beside the project. Without them, generates runs of the same shape. */
export async function readRuns(most: number): Promise<RecordedRuns> {
  const file = process.env['HARBORAGE_BENCH_TRAJECTORIES'] ?? RECORDED
  if (typeof file !== 'string' && !existsSync(file)) {
    return {
      runs: generateRuns(most, SEED),
      source: `${most} runs generated from the seed ${SEED}`,
    }
  }
  const trajectories = JSON.parse(await readFile(file, 'utf8')) as readonly Trajectory[]
  const step = Math.max(1, Math.floor(trajectories.length / most))
  const runs = trajectories
    .filter((_, index) => index % step === 0)
    .slice(0, most)
    .map(({ task_id, trial, info, traj }) => ({
      userId: info.task.user_id,
      sessionId: `task-${task_id}-trial-${trial}`,
      messages: traj,
    }))
  return {
    runs,
    source: `${runs.length} of ${trajectories.length} recorded runs of tau-bench, airline`,
  }
}

/** Returns the number of user messages, which is the number of turns. */
export function countTurns(runs: readonly RecordedRun[]): number {
  return runs.reduce(
    (count, { messages }) => count + messages.filter(({ role }) => role === 'user').length,
    0,
  )
}
