import type { Identity } from '@harborage/core'
import type { StepResult, WorkSource } from '../slots.ts'

/** Work for the agent, found in a folder or in a transcript. */
export interface Workload extends Toolbox {
  readonly source: WorkSource
  /** What was found, in one line for the reader. */
  readonly summary: string
  /** The session that holds the manifest of the run. */
  readonly home: Identity
  /** The sessions in the order in which they are worked through; all of the tenant of `home`. */
  readonly sessions: readonly SessionToDo[]
}

export interface SessionToDo {
  readonly userId: string
  readonly sessionId: string
  readonly tasks: readonly TaskToDo[]
}

export interface TaskToDo {
  readonly runId: string
  readonly steps: readonly StepToDo[]
}

/** One call of a tool, or one message of a transcript. */
export interface StepToDo {
  readonly action: string
  readonly target: string
}

/** Does the steps; each one twice gives the same result twice, as long as its input stays the same. */
export interface Toolbox {
  use(step: StepToDo): Promise<StepResult>
  /** One line about the stored outputs of one action, or `undefined` if there is nothing to say. */
  summarize(action: string, outputs: readonly unknown[]): string | undefined
}
