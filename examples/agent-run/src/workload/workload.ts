import type { Identity } from '@harborage/core'
import type { StepResult, WorkSource } from '../slots.ts'

/** Work for the agent, found in a folder or in a transcript. */
export interface Workload extends Toolbox {
  readonly source: WorkSource
  /** The work in one line, for printing. */
  readonly summary: string
  /** The session that holds the manifest of the run. */
  readonly home: Identity
  /** The sessions in order of work, all of the tenant of `home`. */
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

/** Does the steps. Repeating a step has the same result, as long as its input is the same. */
export interface Toolbox {
  use(step: StepToDo): Promise<StepResult>
  /**
   * Returns one line about the stored outputs of one action, or `undefined` if there is nothing to
   * say.
   */
  summarize(action: string, outputs: readonly unknown[]): string | undefined
}
