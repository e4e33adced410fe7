import type { StepPlace } from '../agent/run-agent.ts'
import type { Recollection } from '../memory/recall.ts'

/** The life of a worker process, as seen by the supervisor. */
export interface WorkerLife {
  readonly number: number
  /** The conversation of the session in which it continued. */
  recollection: Recollection | undefined
  /** The first step that it began, or `undefined` if there was none. */
  first: StepPlace | undefined
  /** The last steps that it reported as started and saved. */
  started: StepPlace | undefined
  saved: StepPlace | undefined
  /** The last step that this worker or an earlier one reported as saved. */
  lastAcknowledged: StepPlace | undefined
  end: 'finished' | 'killed' | 'hung' | 'failed' | 'interrupted' | undefined
  /** When it ended, in milliseconds since the supervision began. */
  endedAt: number
  /** Its error message, if it failed. */
  message: string | undefined
}

/** @param before The worker that this one replaces. */
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
