import type { StepPlace } from '../agent/run-agent.ts'
import type { Recollection } from '../memory/recall.ts'

/** One worker process's life, as the supervisor saw it. */
export interface WorkerLife {
  readonly number: number
  /** What it remembered of the session in which it took up the work. */
  recollection: Recollection | undefined
  /** The first step that it took up; `undefined` if it found none. */
  first: StepPlace | undefined
  /** The last steps that it said were started and saved. */
  started: StepPlace | undefined
  saved: StepPlace | undefined
  /** The last step that this worker or one before it said was saved. */
  lastAcknowledged: StepPlace | undefined
  end: 'finished' | 'killed' | 'hung' | 'failed' | 'interrupted' | undefined
  /** When it ended, in milliseconds since the supervision began. */
  endedAt: number
  /** What it said when it failed. */
  message: string | undefined
}

/** @param before The worker that this one takes over from. */
export function newLife(before: WorkerLife | undefined): WorkerLife {
  return {
    number: (before?.number ?? 0) + 1,
    recollection: undefined,
    first: undefined,
    started: undefined,
    saved: undefined,
    lastAcknowledged: before?.lastAcknowledged,
    end: undefined,
    endedAt: 0,
    message: undefined,
  }
}
