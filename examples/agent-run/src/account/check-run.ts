import { isDeepStrictEqual } from 'node:util'
import type { EventId, Identity } from '@harborage/core'
import type { StateStore } from '@harborage/state'
import { addCost, NO_COST } from '../agent/add-cost.ts'
import type { Cost, StepResult } from '../slots.ts'
import { counted, grouped } from './numbers.ts'
import type { StoredRun, StoredSession } from './read-back.ts'
import type { Recomputed } from './recompute.ts'

/** A condition that has to hold, and the faults that were found. */
export interface Check {
  readonly claim: string
  readonly faults: readonly string[]
}

/** A step that a worker reported as saved. */
export interface Acknowledgement {
  readonly ordinal: number
  readonly session: Identity
  readonly eventId: EventId
}

/** Checks a run that was read back against the plan, the acknowledgements and the files. */
export async function checkRun(
  store: StateStore,
  run: StoredRun,
  acknowledged: readonly Acknowledgement[],
  recomputed: Recomputed,
): Promise<Check[]> {
  return [
    checkNothingLost(run),
    ...(acknowledged.length === 0 ? [] : [await checkAcknowledged(store, acknowledged)]),
    checkNothingTwice(run),
    checkCosts(run, recomputed),
    checkResults(recomputed),
    checkEnded(run),
  ]
}

function checkNothingLost({ sessions }: StoredRun): Check {
  const faults: string[] = []
  let stored = 0
  for (const { identity, plannedSteps, tasks } of sessions) {
    const steps = tasks.flatMap((task) => task.steps)
    if (steps.length !== plannedSteps) {
      faults.push(`the plan of session ${identity.sessionId} is missing or not whole`)
    }
    for (const step of steps) {
      const name = `${step.planned.action} of ${step.planned.target}`
      if (step.stored === undefined) faults.push(`${name} is missing`)
      else if (step.stored.eventId !== step.planned.eventId) {
        faults.push(`${name} is stored under another event id than planned`)
      } else stored += 1
    }
  }
  return {
    claim: `no step was lost: ${counted(stored, 'planned step is', 'planned steps are')} stored, each under its planned event id`,
    faults,
  }
}

async function checkAcknowledged(
  store: StateStore,
  acknowledged: readonly Acknowledgement[],
): Promise<Check> {
  const faults: string[] = []
  const heard = new Set<EventId>()
  for (const { ordinal, session, eventId } of acknowledged) {
    if (heard.has(eventId)) faults.push(`step ${ordinal} was acknowledged, lost and done again`)
    heard.add(eventId)
    const record = await store.loadByEventId(session, eventId)
    if (record === undefined) faults.push(`step ${ordinal} was acknowledged and is not there`)
  }
  const steps = counted(heard.size, 'step')
  return { claim: `every acknowledgement holds: ${steps} looked up by event id`, faults }
}

/**
 * Slots alone cannot show a step that was applied twice. Sums and checkpoints, which count steps,
 * can.
 */
function checkNothingTwice({ sessions, kinds }: StoredRun): Check {
  const faults: string[] = []
  let steps = 0
  for (const { identity, plannedSteps, cost } of sessions) {
    steps += cost?.steps ?? 0
    if (cost?.steps === plannedSteps) continue
    faults.push(
      `session ${identity.sessionId} has the costs of ${cost?.steps ?? 'no'} steps, planned were ${plannedSteps}`,
    )
  }
  const tasks = sessions.reduce((sum, session) => sum + session.tasks.length, 0)
  const planned = sessions.reduce((sum, session) => sum + session.plannedSteps, 0)
  const expected = 1 + 3 * sessions.length + tasks + planned
  const slots = kinds.reduce((sum, kind) => sum + kind.slots, 0)
  if (slots !== expected)
    faults.push(`${slots} slots are stored, and ${expected} belong to the plan`)
  return {
    claim: `no step was applied twice: the costs count ${grouped(steps)}, and ${counted(slots, 'slot')} hold it all`,
    faults,
  }
}

function checkCosts({ sessions }: StoredRun, { results }: Recomputed): Check {
  const faults = sessions.flatMap((session) =>
    isDeepStrictEqual(session.cost, expectedCost(session, results))
      ? []
      : [`the costs of session ${session.identity.sessionId} are not the sum of its steps`],
  )
  return {
    claim: `the costs are right: ${counted(sessions.length, 'running sum')} added up anew`,
    faults,
  }
}

function expectedCost(session: StoredSession, results: Recomputed['results']): Cost {
  return session.tasks
    .flatMap((task) => task.steps)
    .map(({ planned }) => results.get(planned.eventId))
    .filter((result): result is StepResult => result !== undefined)
    .reduce(addCost, NO_COST)
}

function checkResults({ equal, changed, different }: Recomputed): Check {
  const note =
    changed === 0 ? '' : ` (the input of ${counted(changed, 'more step')} has changed since)`
  return {
    claim: `the results are right: ${grouped(equal)} computed anew come out the same${note}`,
    faults: different.map((name) => `${name} comes out differently`),
  }
}

function checkEnded({ sessions }: StoredRun): Check {
  const faults: string[] = []
  let tasks = 0
  for (const session of sessions) {
    if (session.lifecycle?.status !== 'done') {
      faults.push(
        `session ${session.identity.sessionId} is ${session.lifecycle?.status ?? 'missing'}, not done`,
      )
    }
    for (const { run, checkpoint, steps } of session.tasks) {
      tasks += 1
      if (checkpoint?.done === steps.length && checkpoint.of === steps.length) continue
      faults.push(
        `the checkpoint of task ${run.runId} is at ${checkpoint?.done ?? 'nothing'} of ${steps.length}`,
      )
    }
  }
  return {
    claim: `everything is finished: ${counted(sessions.length, 'session')} done, ${counted(tasks, 'checkpoint')} at the end`,
    faults,
  }
}
