import { isDeepStrictEqual } from 'node:util'
import type { StepResult } from '../slots.ts'
import type { Toolbox } from '../workload/workload.ts'
import type { StoredRun } from './read-back.ts'

/** The results of repeating every step, compared with the stored ones. */
export interface Recomputed {
  readonly equal: number
  /** The steps whose input has changed since, so that they cannot be checked. */
  readonly changed: number
  readonly different: readonly string[]
  /**
   * The result of every planned step by event id: the new one, or the stored one if the input has
   * changed.
   */
  readonly results: ReadonlyMap<string, StepResult>
}

/** Repeats all the work from the files, without the database. */
export async function recompute(run: StoredRun, toolbox: Toolbox): Promise<Recomputed> {
  const results = new Map<string, StepResult>()
  const different: string[] = []
  let equal = 0
  let changed = 0
  for (const { planned, stored } of run.sessions.flatMap(({ tasks }) =>
    tasks.flatMap(({ steps }) => steps),
  )) {
    const { eventId, action, target } = planned
    const again = await toolbox.use({ action, target })
    if (stored !== undefined && stored.value.inputSha256 !== again.inputSha256) {
      changed += 1
      results.set(eventId, stored.value)
      continue
    }
    results.set(eventId, again)
    if (isDeepStrictEqual(stored?.value, again)) equal += 1
    else if (stored !== undefined) different.push(`${action} of ${target}`)
  }
  return { equal, changed, different, results }
}
